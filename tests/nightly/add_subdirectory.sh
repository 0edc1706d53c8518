# The project of tests/package/add_subdirectory.sh, built: that compiles the engine.
HEDDLE_BUILDS_PARTS=1 exec bash "$SOURCE_DIR/tests/package/add_subdirectory.sh"
