# heddle corpus: what is added is minimised; verify tells what has become of it; prune tidies up.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run canary/lost_update --quiet --no-minimize
mapfile -t traces < <(find heddle-out -name '*.trace' | sort)
expect 0 corpus add "${traces[@]}" --corpus kept --json added.json
((${#traces[@]} == $(find kept -name '*.trace' | wc -l))) || complain "added: $out"
jq -e '.added | length > 1 and all(.trace | startswith("kept/canary/lost_update/"))' added.json \
  >jq.txt || complain "$(<added.json)"
grep --quiet '^strategy .*, minimised$' kept/canary/lost_update/data_race.trace ||
  complain 'what was added is not minimised'
expect 0 corpus add "${traces[0]}" --corpus kept
prints '*one that is no larger is there*'
expect 0 corpus verify --corpus kept
prints '*3 traces: 3 still fail, 0 fail in another way, 0 fixed, 0 no longer apply, 0 broken'

# edit FILE EXPRESSION: edits a trace with sed, and gives it the checksum that it needs then.
edit() {
  local file=$1 sum
  sed --in-place "$2" "$file"
  run replay "$file"
  sum=$(sed --quiet 's/.*the lines above give \([0-9a-f]*\).*/\1/p' <<<"$err")
  sed --in-place "s/^checksum .*/checksum $sum/" "$file"
}
# mend NAME TRACE: the trace of a defect as one of the model without it.
mend() {
  cp "$SOURCE_DIR/traces/corpus/lu_ref/$2" "kept/changed/$1"
  edit "kept/changed/$1" 's/^variant .*/variant fixed/'
}
mkdir kept/changed
mend fixed.trace unloaded_scope/REF-8-data_race.trace
mend outdated.trace init_before_module/REF-6-data_race.trace
echo junk >kept/changed/junk.trace
expect 1 corpus verify --corpus kept --json verify.json
prints '*no longer applies *kept/changed/outdated.trace*expected loader lock_init refs_guard at step 1*'
jq -e '[.traces[] | select(.trace | contains("changed")) | {(.trace | sub(".*/"; "")): .state}] | add ==
       {"fixed.trace": "fixed", "junk.trace": "broken", "outdated.trace": "no longer applies"}' verify.json >jq.txt ||
  complain "$(<verify.json)"

# Lanes can be drawn anew; what the trace says stays.
cp kept/canary/lost_update/data_race.trace drawn.trace
sed --in-place 's/^# step .*/# stale/' kept/canary/lost_update/data_race.trace
run corpus verify --corpus kept --redraw
prints '*drawn anew *kept/canary/lost_update/data_race.trace*'
cmp --silent drawn.trace kept/canary/lost_update/data_race.trace ||
  complain "drawn anew: $(diff drawn.trace kept/canary/lost_update/data_race.trace)"

expect 0 corpus prune --corpus kept --dry-run
prints '*would remove kept/changed/junk.trace: broken*0 of 6 traces removed'
[[ -e kept/changed/junk.trace ]] || complain '--dry-run removes'
cp kept/canary/lost_update/data_race.trace kept/changed/again.trace
expect 0 corpus prune --corpus kept
prints '*there is a smaller one*3 of 7 traces removed'
expect 1 corpus verify --corpus kept
prints '*4 traces: 3 still fail, 0 fail in another way, 1 fixed, 0 no longer apply, 0 broken'

# Another program's traces are not this one's to judge.
mkdir other
cp kept/canary/lost_update/data_race.trace other/own.trace
edit other/own.trace 's|^scenario .*|scenario theirs/own|'
expect 0 corpus prune --corpus other
prints 'left other/own.trace: theirs/own is a scenario of another program*0 of 1 trace removed'
ln -s loop.trace other/loop.trace
refuse 2 "cannot read the trace 'other/loop.trace': Too many levels of symbolic links" \
  corpus verify --corpus other

refuse 2 'corpus needs a task: verify, add or prune' corpus
refuse 2 "not 'verfy', did you mean 'verify'?" corpus verfy
refuse 2 'corpus add needs trace files, or --model' corpus add
refuse 2 'take no traces and no --model' corpus verify a.trace
refuse 2 'take no traces and no --model' corpus prune --model lu_ref
refuse 2 '--dry-run is for corpus prune' corpus verify --dry-run
refuse 2 '--redraw is for corpus verify' corpus prune --redraw
refuse 2 "cannot read the corpus 'nowhere': No such file" corpus verify --corpus nowhere
refuse 2 "there is no model 'lu_rf', did you mean 'lu_ref'?" corpus add --model lu_rf
mkdir empty
refuse 4 "there is no trace in 'empty'" corpus verify --corpus empty
exit "$status"
