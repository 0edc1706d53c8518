# The manual page and the completions, made by the program from its own help, and where they go.
include(GNUInstallDirs)

set(pages "${PROJECT_BINARY_DIR}/share")
file(MAKE_DIRECTORY "${pages}")
add_custom_command(
  OUTPUT "${pages}/heddle.1" "${pages}/heddle.bash" "${pages}/_heddle" "${pages}/heddle.fish"
  COMMAND heddle help --man > "${pages}/heddle.1"
  COMMAND heddle completion bash > "${pages}/heddle.bash"
  COMMAND heddle completion zsh > "${pages}/_heddle"
  COMMAND heddle completion fish > "${pages}/heddle.fish"
  DEPENDS heddle
  COMMENT "Making the manual page and the completions"
  VERBATIM)
add_custom_target(heddle_pages ALL DEPENDS "${pages}/heddle.1")

if(DEFINED HEDDLE_INSTALL AND NOT HEDDLE_INSTALL)
  return()
endif()
install(FILES "${pages}/heddle.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT pages)
install(FILES "${pages}/heddle.bash" RENAME heddle COMPONENT pages
        DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${pages}/_heddle" COMPONENT pages
        DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${pages}/heddle.fish" COMPONENT pages
        DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
