# Installing: the libraries, their headers, the mains, and what find_package and pkg-config read.
# Include before the targets are made for the folders, and call heddle_install() after.
include(GNUInstallDirs)
set(HEDDLE_INSTALL_HEADERS "${CMAKE_INSTALL_INCLUDEDIR}/heddle")
set(HEDDLE_INSTALL_DATA "${CMAKE_INSTALL_DATADIR}/heddle")
set(HEDDLE_INSTALL_CMAKE "${CMAKE_INSTALL_LIBDIR}/cmake/heddle")
set(HEDDLE_CMAKE_FOLDER "${PROJECT_SOURCE_DIR}/cmake")

# The headers that somebody else's scenarios may include, and what these include: sim's as a whole,
# of the rest a few. tests/package and `./dev lint` see to it that each compiles alone.
function(heddle_install_headers)
  foreach(folder IN ITEMS sim/core sim/fiber sim/memory sim/choice sim/machine sim/kernel
                          sim/explore heddle checkers scenarios/registry)
    file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.hpp")
    install(FILES ${headers} DESTINATION "${HEDDLE_INSTALL_HEADERS}/${folder}")
  endforeach()
  install(FILES "${PROJECT_SOURCE_DIR}/heddle.hpp" DESTINATION "${HEDDLE_INSTALL_HEADERS}")
  install(FILES "${PROJECT_SOURCE_DIR}/scenarios/cli/entry.hpp"
          DESTINATION "${HEDDLE_INSTALL_HEADERS}/scenarios/cli")
  foreach(header IN ITEMS describe places recorder result schedule trace)
    install(FILES "${PROJECT_SOURCE_DIR}/traces/${header}.hpp"
            DESTINATION "${HEDDLE_INSTALL_HEADERS}/traces")
  endforeach()
endfunction()

# What pkg-config gives: the flags of heddle_instrument() for the compiler that builds heddle.
function(heddle_install_pkgconfig)
  heddle_instrument_options(compile link)
  list(TRANSFORM compile REPLACE "^SHELL:" "")
  list(JOIN compile " " HEDDLE_COMPILE_OPTIONS)
  list(JOIN link " " HEDDLE_LINK_OPTIONS)
  set(folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  file(RELATIVE_PATH HEDDLE_UP_TO_PREFIX "/${folder}" "/")  # it may be moved as a whole
  configure_file("${HEDDLE_CMAKE_FOLDER}/heddle.pc.in" "${PROJECT_BINARY_DIR}/heddle.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/heddle.pc" DESTINATION "${folder}")
endfunction()

function(heddle_install)
  install(TARGETS heddle_sim heddle_checkers heddle_traces heddle_scenarios heddle_cli
                  heddle_testing heddle_package heddle_main heddle_testing_main
          EXPORT heddleTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT heddleTargets NAMESPACE heddle:: DESTINATION "${HEDDLE_INSTALL_CMAKE}")
  heddle_install_headers()
  install(FILES "${PROJECT_SOURCE_DIR}/heddle/main.cpp"
                "${PROJECT_SOURCE_DIR}/heddle/testing_main.cpp"
                "${PROJECT_SOURCE_DIR}/scenarios/cli/heddle_commands.py"
          DESTINATION "${HEDDLE_INSTALL_DATA}")

  include(CMakePackageConfigHelpers)
  configure_package_config_file("${HEDDLE_CMAKE_FOLDER}/heddleConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/heddleConfig.cmake" INSTALL_DESTINATION "${HEDDLE_INSTALL_CMAKE}")
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/heddleConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/heddleConfig.cmake"
                "${PROJECT_BINARY_DIR}/heddleConfigVersion.cmake"
                "${HEDDLE_CMAKE_FOLDER}/HeddleInstrument.cmake"
                "${HEDDLE_CMAKE_FOLDER}/HeddleScenarios.cmake"
                "${HEDDLE_CMAKE_FOLDER}/HeddleDiscover.cmake"
          DESTINATION "${HEDDLE_INSTALL_CMAKE}")
  heddle_install_pkgconfig()

  if(HEDDLE_BUILD_MODELS)  # the command line with the five systems
    install(TARGETS heddle heddle_families ${HEDDLE_MODELS})
  endif()
endfunction()
