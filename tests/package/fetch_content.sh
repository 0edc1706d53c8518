# A project that fetches heddle with git. tests/nightly/fetch_content.sh builds it, too.
# shellcheck source=tests/package/_consumer.sh
source "$SOURCE_DIR/tests/package/_consumer.sh"
# shellcheck source=tests/package/_as_part.sh
source "$SOURCE_DIR/tests/package/_as_part.sh"
unset CMAKE_PREFIX_PATH
command -v git >/dev/null || exit 77

copy_sources published
git -C published init -q -b main
git -C published add -A
git -C published -c user.name=test -c user.email=test@localhost commit -q -m published
write_project "include(FetchContent)
FetchContent_Declare(heddle GIT_REPOSITORY \"file://$PWD/published\" GIT_TAG main)
FetchContent_MakeAvailable(heddle)"
configure_project
[[ -z ${HEDDLE_BUILDS_PARTS:-} ]] || build_and_test
