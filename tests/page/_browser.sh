# Runs checks inside a page, in a browser without a window. A test sources this after _expect.sh.

# Says that the test was not run, and ends it so (ctest: skipped).
skip() {
  printf 'NOT RUN: %s\n' "$*"
  exit 77
}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  skip 'there is no chromium, which ./dev test installs'

# check_page WIDTH PAGE CHECKS...: opens a copy of the page that has the checks as one more script at
# its end. They leave their verdict in an element: "all hold", or what does not.
check_page() {
  local width=$1 page=$2 verdict
  shift 2
  {
    sed '/<\/body>/,$d' "$page"
    printf '<script>\n'
    cat "$SOURCE_DIR/tests/page/harness.js" "${@/#/$SOURCE_DIR/tests/page/}"
    printf '</script>\n</body>\n</html>\n'
  } >checked.html
  timeout 170 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --disable-extensions --no-first-run --disable-background-networking --disable-sync \
    --user-data-dir="$PWD/profile" --window-size="$width,900" --virtual-time-budget=5000 \
    --dump-dom "file://$PWD/checked.html" >dom.html 2>browser.log ||
    complain "$page: the browser ended with $?: $(tail -n 3 browser.log)"
  verdict=$(sed -n '/<pre id="verdict">/,/<\/pre>/p' dom.html)
  [[ $verdict == '<pre id="verdict">all hold'* ]] ||
    complain "$page, $*: ${verdict:-no verdict: $(tail -n 3 browser.log)}"
}
