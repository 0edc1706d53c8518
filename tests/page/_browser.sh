# Runs checks inside pages, in one browser without a window. A test sources this after _expect.sh.

# Says that the test was not run, and ends it so (ctest: skipped).
skip() {
  printf 'NOT RUN: %s\n' "$*"
  exit 77
}

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  skip 'there is no chromium, which ./dev test installs'

pages=()

# add_page WIDTH PAGE CHECKS...: a copy of the page that has the checks as one more script at its
# end is to be opened in a frame so wide.
add_page() {
  local width=$1 page=$2 number=${#pages[@]}
  shift 2
  {
    sed '/<\/body>/,$d' "$page"
    printf '<script>\nconst page_number = %d;\n' "$number"
    cat "$SOURCE_DIR/tests/page/harness.js" "${@/#/$SOURCE_DIR/tests/page/}"
    printf '</script>\n</body>\n</html>\n'
  } >"checked-$number.html"
  pages+=("$width $page $*")
}

# check_pages: opens them all. Each leaves its verdict in an element: "all hold", or what does not.
# To start a browser is what takes most of the time, so there is one for all; its clock is virtual,
# so a slow machine changes nothing.
check_pages() {
  local number verdict
  {
    # It listens before the first page can have anything to say.
    cat <<'END'
<!doctype html>
<meta charset="utf-8">
<body>
<script>
addEventListener("message", ({ data }) => {
  const verdict = document.createElement("pre");
  verdict.id = `verdict-${data.page}`;
  verdict.textContent = `${data.verdict}\n`;
  document.body.append("\n", verdict, "\n");
});
</script>
END
    for number in "${!pages[@]}"; do
      printf '<iframe src="checked-%d.html" width="%d" height="900"></iframe>\n' "$number" \
        "${pages[number]%% *}"
    done
  } >all.html
  timeout 600 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --disable-extensions --no-first-run --disable-background-networking --disable-sync \
    --user-data-dir="$PWD/profile" --window-size=1500,900 --virtual-time-budget=10000 \
    --dump-dom "file://$PWD/all.html" >dom.html 2>browser.log ||
    complain "the browser ended with $?: $(tail -n 3 browser.log)"
  for number in "${!pages[@]}"; do
    verdict=$(sed -n "/<pre id=\"verdict-$number\">/,/<\/pre>/p" dom.html)
    [[ $verdict == "<pre id=\"verdict-$number\">all hold"* ]] ||
      complain "${pages[number]}: ${verdict:-no verdict: $(tail -n 3 browser.log)}"
  done
}
