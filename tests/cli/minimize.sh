# heddle minimize: writes a smaller trace beside, or where -o says.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run canary/lost_update --quiet --no-minimize
mapfile -t traces < <(find heddle-out -name '*.trace' | sort)
((${#traces[@]} >= 2)) || complain "the findings leave ${#traces[@]} files"
trace=${traces[0]}
before=$(<"$trace")
expect 0 minimize "$trace"
prints '1 preemption, * steps; before: * preemptions, * (* attempts)*replay: heddle replay *.min.trace'
small=${trace%.trace}.min.trace
[[ $(<"$trace") == "$before" ]] || complain 'the trace itself was changed'
grep --quiet '^strategy .*, minimised$' "$small" || complain "$(grep strategy "$small")"
expect 1 replay "$small"
prints '*the trace fails as recorded'
expect 0 minimize "$trace" -o other.trace
cmp --silent other.trace "$small" || complain 'the same trace, made smaller twice, differs'
expect 0 minimize "$trace" -o -
[[ $out == "$(<"$small")" ]] || complain "-o - prints $out"
expect 0 minimize "$small" -o again.trace
prints '*nothing smaller was found*'
cmp --silent again.trace "$small" || complain 'what cannot be smaller was changed'

# A run does the same by itself.
rm -rf heddle-out
expect 0 run canary/lost_update --quiet
prints '*schedule: 1 preemption, *; before minimising: *'
cmp --silent "$trace" other.trace || complain 'a run minimises in another way'

refuse 2 'minimize needs a trace file' minimize
refuse 2 'nowhere.trace' minimize nowhere.trace
echo 'heddle trace 999' >junk.trace
refuse 2 'junk.trace' minimize junk.trace
refuse 2 '--output' minimize "$trace" -o "$trace/file"
refuse 2 'no option' minimize "$trace" --fast
exit "$status"
