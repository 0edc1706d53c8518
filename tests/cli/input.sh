# Whatever is wrong with a command line gets one sentence that says what, where and what to do.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

refuse 2 'say what to do'
refuse 2 "unknown verb 'lst', did you mean 'list'?" lst
refuse 2 "unknown verb ''" ''
refuse 2 'a verb comes first' --jobs 3 run canary
refuse 2 "unknown verb 'rum', did you mean 'run'?" help rum
refuse 2 'help takes one verb' help run list

for verb in list run verify replay minimize diff corpus show matrix report completion \
  check-determinism; do
  refuse 2 "$verb has no option '--frobnicate'" "$verb" --frobnicate
  refuse 2 "$verb has no option '-Z'" "$verb" -Z
done
refuse 2 "did you mean '--seed' or '--seeds'?" run canary --sede 5
refuse 2 "did you mean '--executions'" run canary --execution=5 --excutions=4
refuse 2 "did you mean '--json'?" list --jsn x

# Each option with a value: none, an empty one, a senseless one, the limits, twice.
for option in variant strategy preemptions interleave seed executions execution time jobs shard \
  trace-dir json; do
  refuse 2 "--$option needs a value" run canary "--$option"
  refuse 2 "--$option" run canary "--$option" ''
done
for option in preemptions executions execution jobs; do
  for value in x -1 1.5 1e3 99999999999999999999 0x10 ' 1' '1 '; do
    refuse 2 "--$option takes a number from" run canary "--$option" "$value"
  done
  refuse 2 "--$option is given more than once" run canary "--$option" 1 "--$option" 2
done
refuse 2 '--jobs takes a number from 1 to 256' run canary --jobs 0
refuse 2 '--jobs takes a number from 1 to 256' run canary -j 257
refuse 2 '--executions takes a number from 1 to' run canary --executions 0
for value in x 0x 0xG 12345678901234567 -1 '5 eed'; do
  refuse 2 '--seed takes 1 to 16 hexadecimal digits' run canary --seed "$value"
done
for value in 60 s 0s -1s 1.5s 31d 9999h 1w 99999999999999999999s; do
  refuse 2 '--time takes a duration with its unit' run canary --time "$value"
done
for value in 1 0/2 3/2 /2 1/ a/b 1/0 1/2/3 -1/2; do
  refuse 2 '--shard takes i/n' run canary --shard "$value"
done
refuse 2 "or portfolio, not 'rnadom', did you mean 'random'?" run canary --strategy rnadom
refuse 2 "not 'purw', did you mean 'surw' or 'urw'?" run canary --strategy purw
refuse 2 '--strategy: random takes no number' run canary --strategy random:3
refuse 2 '--strategy: dfs takes no number' run canary --strategy dfs:2
for value in 0 65 x '' 1.5 3:3; do
  refuse 2 '--strategy pct:DEPTH takes a number from 1 to 64' run canary --strategy "pct:$value"
done
refuse 2 '--strategy sticky:PERCENT takes a number from 0 to 99' run canary --strategy sticky:100
refuse 2 '--strategy delay:DELAYS takes a number from 0 to 64' run canary --strategy delay:65
refuse 2 '--strategy is given more than once' run canary --strategy pos --strategy urw
refuse 2 '--interleave takes sync, racy or all' run canary --interleave none
refuse 2 '--quiet' run canary --quiet=maybe
refuse 2 'add --strategy dfs' run canary --preemptions 2
refuse 2 'leave out --strategy dfs' run canary --strategy dfs --execution 3
refuse 2 'leave out --strategy ipb' run canary --strategy ipb --execution 3
refuse 2 'exclude each other' run canary --execution 3 --executions 4

# What is run.
refuse 2 'run needs a filter' run
refuse 4 "did you mean 'lost_update'?" run lost_updte
refuse 4 "did you mean 'canary/*'?" run 'canray/*'
refuse 4 "no scenario is selected by 'zzzzzzzz'" run zzzzzzzz
refuse 4 "no scenario is selected by ''" run ''
refuse 4 "no scenario is selected by '['" run '['
refuse 4 "no scenario is selected by 'nonsense'" run canary/clean nonsense
refuse 4 "no scenario is selected by 'nonsense'" list nonsense
refuse 4 "no scenario is selected by 'nonsense'" check-determinism nonsense
refuse 4 'shard 3/3 of 2 selected campaigns is empty' run canary --shard 3/3

# Variants.
refuse 2 'has no model' run canary/clean --variant REF-1
refuse 2 "has no defect 'fixd', did you mean 'fixed'?" run 'lu_ref/*' --variant fixd
refuse 2 "has no defect 'REF-99'" run 'lu_ref/*' --variant REF-99
refuse 2 "did you mean 'REF-1'" run 'lu_ref/*' --variant REF1
for value in "," "REF-1," ",REF-1" "posted,REF-1"; do
  refuse 2 '--variant takes posted, fixed, or ids' run 'lu_ref/*' --variant "$value"
done

# Models.
refuse 2 'matrix needs a model' matrix
refuse 2 "there is no model 'lu_reff', did you mean 'lu_ref'?" matrix lu_reff
refuse 2 "matrix has no use for 'again'" matrix lu_ref again
refuse 2 '--time-per-switch takes a duration' matrix lu_ref --time-per-switch 5

# Traces that are not there, or are none.
for verb in replay show; do
  refuse 2 "$verb needs a trace file" "$verb"
  refuse 2 "cannot read the trace 'absent.trace': No such file" "$verb" absent.trace
  refuse 2 "cannot read the trace '.': Is a directory" "$verb" .
  refuse 2 "$verb has no use for 'b'" "$verb" a b
done
# What is no file is refused at once: nobody will ever write to this pipe.
mkfifo pipe
for verb in replay show minimize diff 'corpus add'; do
  # shellcheck disable=SC2086  # two words
  refuse 2 "cannot read the trace 'pipe': it is a pipe, not a file" $verb pipe
  # shellcheck disable=SC2086
  refuse 2 "cannot read the trace '/dev/zero': it is a device, not a file" $verb /dev/zero
done
refuse 2 "cannot read the report 'pipe'" report merge pipe
rm pipe
refuse 2 "--format takes lanes, table, html, json, perfetto, sarif or mermaid, not 'svg'" \
  show absent.trace --format svg
refuse 2 "did you mean 'html'?" show absent.trace --format htm
refuse 2 "show has no use for 'b.trace': only --format html shows two traces" \
  show a.trace b.trace
refuse 2 '--ascii is for lanes and table, not for json' show a.trace --ascii --format json
refuse 2 '--output takes a file name' show a.trace -o ''
refuse 2 'cannot read the trace' show absent.trace --format html -o page.html
refuse 2 '--html writes pages beside traces: leave out --no-trace' \
  run canary/lost_update --html --no-trace
refuse 2 "did you mean 'lanes'?" show absent.trace --format lane
refuse 2 '--until takes a number from 1' replay absent.trace --until 0

# Places that cannot be written to are refused before any work is done.
touch file
refuse 2 "--trace-dir: cannot write to folder 'file/traces': Not a directory" run canary \
  --trace-dir file/traces
refuse 2 "--trace-dir: cannot write to folder 'file': Not a directory" run canary --trace-dir file
refuse 2 "--json: cannot write 'file/out.json': Not a directory" run canary --json file/out.json
refuse 2 "--json: cannot write '.': Is a directory" run canary --json .
refuse 2 "--json: cannot write 'file/out.json'" list --json file/out.json
refuse 2 "--json: cannot write 'file/out.json'" matrix lu_ref --json file/out.json
if ((EUID != 0)); then
  mkdir --mode=555 sealed
  refuse 2 "--trace-dir: cannot write to folder 'sealed/in'" run canary --trace-dir sealed/in
fi

# What is written takes the place of nothing else that the command line names.
refuse 2 '--json and --resume are the same file' verify canary/clean --json file --resume ./file
refuse 2 '--report junit and --report html are the same file' run canary/clean \
  --report junit=new --report html=./new
refuse 2 '--json and --suite are the same file' run --suite file --json file
for verb in show diff; do
  refuse 2 "the trace and --output are the same file, 'file'" "$verb" file -o file
done
refuse 2 'the trace and --json are the same file' minimize file --json file
refuse 2 '--output and --json are the same file' minimize file -o new --json new
ln -s ring ring
refuse 2 "--json: cannot write 'ring': Too many levels of symbolic links" run canary --json ring
refuse 2 '--names takes no value' list --names=3
refuse 2 "an option of one letter takes no '=yes'" run -q=yes

# Control characters from outside do not reach the terminal.
refuse 2 'unknown verb '"'"'\x1B[31m' $'\e[31m'

# What cannot be written is not lost silently.
if [[ -c /dev/full ]]; then
  code=0
  "$HEDDLE" list >/dev/full 2>stderr.txt || code=$?
  ((code == 2)) || complain "list to a full device ends with $code"
  grep -q 'cannot write the results to standard output: No space left' stderr.txt ||
    complain "list to a full device says $(<stderr.txt)"
fi

# Where nobody can be told, the exit code tells it.
for code in 2 4; do
  wrong=(lst)
  ((code == 2)) || wrong=(run nosuch)
  found=0
  "$HEDDLE" "${wrong[@]}" 2>&- || found=$?
  ((found == code)) || complain "${wrong[*]} with standard error closed ends with $found"
done

exit "$status"
