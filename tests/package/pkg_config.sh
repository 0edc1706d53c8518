# A program of scenarios built without CMake, by what pkg-config says.
# shellcheck source=tests/package/_consumer.sh
source "$SOURCE_DIR/tests/package/_consumer.sh"

write_sources
PKG_CONFIG_PATH=$(dirname "$(find "$HEDDLE_PREFIX" -name heddle.pc)")
export PKG_CONFIG_PATH
[[ $(pkg-config --modversion heddle) == 0.1.* ]] || fail 'the version'
compiler=$(sed -n 's/^# Of \(.*\): what is compiled.*/\1/p' "$PKG_CONFIG_PATH/heddle.pc")
case $compiler in
  GNU) compiler=g++ ;;
  *) compiler=clang++-19 ;;
esac
# Words, as in a makefile. Two commands: a compiler that sees the flags while it links adds the
# sanitizer's runtime.
# shellcheck disable=SC2046
for source in scenarios.cpp "$(pkg-config --variable=main heddle)"; do
  "$compiler" -std=c++20 -O1 $(pkg-config --cflags heddle) -c "$source"
done
# shellcheck disable=SC2046
"$compiler" scenarios.o main.o $(pkg-config --libs heddle) -o scenarios
./scenarios run "*" --no-trace >run.txt 2>&1 || fail "$(<run.txt)"
./scenarios list --json - 2>list.txt | grep -q '"counter/plain"' || fail 'the scenarios are not listed'
