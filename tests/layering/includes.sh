# Sources include only what their layer may see, spelled from the root of the repository.
# shellcheck source=tests/layering/_arrows.sh
source "$SOURCE_DIR/tests/layering/_arrows.sh"
arrows "$SOURCE_DIR"
