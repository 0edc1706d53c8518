# A project with heddle in a folder of its own. tests/nightly/add_subdirectory.sh builds it, too.
# shellcheck source=tests/package/_consumer.sh
source "$SOURCE_DIR/tests/package/_consumer.sh"
# shellcheck source=tests/package/_as_part.sh
source "$SOURCE_DIR/tests/package/_as_part.sh"
unset CMAKE_PREFIX_PATH

write_project "add_subdirectory(\"$SOURCE_DIR\" heddle)"
configure_project
[[ -z ${HEDDLE_BUILDS_PARTS:-} ]] || build_and_test
