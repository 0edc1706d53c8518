# The project of tests/package/fetch_content.sh, built: that compiles the engine.
HEDDLE_BUILDS_PARTS=1 exec bash "$SOURCE_DIR/tests/package/fetch_content.sh"
