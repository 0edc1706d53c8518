# heddle is installed from this build, for the tests that use it as other projects do. What is
# installed is moved once: nothing in it may say where it was.
set -euo pipefail
build=$(dirname "$(dirname "$HEDDLE")")
rm -rf "$HEDDLE_PREFIX"
cmake --install "$build" --prefix "$PWD/first" >install.log
mv "$PWD/first" "$HEDDLE_PREFIX"
if grep -rIl --include='*.cmake' --include='*.pc' -e "$SOURCE_DIR" -e "$PWD" "$HEDDLE_PREFIX"; then
  echo 'FAILED: these files name folders of the build'
  exit 1
fi
"$HEDDLE_PREFIX/bin/heddle" list lu_ref >list.txt
for page in man/man1/heddle.1 bash-completion/completions/heddle zsh/site-functions/_heddle \
  fish/vendor_completions.d/heddle.fish; do
  [[ -s $HEDDLE_PREFIX/share/$page ]] || { echo "FAILED: share/$page is not installed"; exit 1; }
done
