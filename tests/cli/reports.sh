# Reports: JUnit, SARIF, Markdown, HTML, JSON against its schema, GitHub's annotations.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

schema() {
  python3 - "$1" "$2" <<'EOF' || complain "$1 does not fit $2"
import json, sys, jsonschema
jsonschema.Draft202012Validator(json.load(open(sys.argv[2]))).validate(json.load(open(sys.argv[1])))
EOF
}

# One that finds what it must, one that is clean, one that fails, one that is inconclusive.
cat >suite.toml <<'EOF'
[[campaign]]
scenarios = "canary"
executions = 1_000
[[campaign]]
scenarios = "canary/lost_update"
executions = 1_000
strategies = "random"
expect = "clean"
[[campaign]]
scenarios = "canary/clean"
strategies = "dfs"
executions = 3
[[campaign]]
scenarios = "canary/clean"
strategies = "pos"
executions = 3
expect = "finding"
EOF
expect 1 run --suite suite.toml --quiet --html --json run.json --junit run.xml \
  --report sarif=run.sarif --report markdown=run.md --report html=out/index.html
prints '*scenarios: 2 as expected, 2 not, 1 inconclusive*'
schema run.json "$SOURCE_DIR/docs/run.schema.json"
jq '.[0].ending = "fine"' run.json >bad.json
(schema bad.json "$SOURCE_DIR/docs/run.schema.json") >said.txt 2>&1
[[ $(<said.txt) == *FAILED* ]] || complain 'the schema takes anything'

# JUnit: well-formed, as its schema says, and the counts are those of the run.
xmllint --noout --schema "$SOURCE_DIR/tests/cli/junit.xsd" run.xml 2>xmllint.txt ||
  complain "JUnit: $(<xmllint.txt)"
xpath() { xmllint --xpath "$1" run.xml; }
[[ $(xpath 'string(/testsuites/@tests)') == 5 && $(xpath 'string(/testsuites/@failures)') == 2 &&
  $(xpath 'string(/testsuites/@errors)') == 1 ]] || complain "JUnit counts: $(head -3 run.xml)"
[[ $(xpath 'count(//testcase[failure/@type="invariant" or failure/@type="data_race"])') == 1 &&
  $(xpath 'count(//testcase/failure[@type="expected_finding_missing"])') == 1 &&
  $(xpath 'count(//testcase/error[@type="inconclusive"])') == 1 ]] || complain "JUnit: $(<run.xml)"
[[ $(xpath 'string(//testcase[failure][1]/failure)') == *'heddle replay '* ]] ||
  complain 'a JUnit failure does not say how to see it again'
[[ $(xpath 'count(//testcase[system-out and not(failure)])') == 1 ]] ||
  complain 'JUnit does not tell of expected findings'

# SARIF: the same finding of two campaigns is one result, an error if one of them did not expect it.
jq --exit-status --slurpfile rows run.json '.runs[0] | (.results | length) ==
    ($rows[0] | map(.findings[].fingerprint) | unique | length) and
  (.results | all(.locations[0].physicalLocation.region.startLine > 0)) and
  (.results | map(.level) | unique == ["error", "note"]) and
  (.tool.driver.rules | length) == (.results | map(.ruleId) | unique | length)' \
  run.sarif >jq.txt || complain "SARIF: $(<run.sarif)"

# Markdown and HTML: every finding, with what shows it again; links lead somewhere.
grep -q '^## heddle: not as expected$' run.md || complain "Markdown: $(<run.md)"
grep -q '| yes |\|\*\*no\*\*' run.md || complain 'Markdown has no findings'
while read -r fingerprint; do
  grep -q "id=\"$fingerprint\"" out/index.html || complain "HTML has no finding $fingerprint"
  grep -q "$fingerprint" run.md || complain "Markdown has no finding $fingerprint"
done < <(jq --raw-output '.[].findings[].fingerprint' run.json)
links=0
while read -r link; do
  [[ -f out/$link ]] || complain "HTML links to out/$link, which is not there"
  links=$((links + 1))
done < <(grep -o 'href="[^"]*"' out/index.html | cut -d'"' -f2)
((links >= 4)) || complain "HTML has $links links"
xmllint --html --noout out/index.html 2>/dev/null || complain 'the HTML cannot be parsed'

# In a job of GitHub: annotations, and a summary behind what is there.
printf 'before\n' >summary.md
GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md expect 1 run --suite suite.toml --quiet --no-trace
prints '*::error file=scenarios/families/canary.cpp,line=*,title=*canary/lost_update (random)::*'
prints '*::warning file=scenarios/families/canary.cpp,line=*,title=canary/clean (dfs)::*'
[[ $(head -n 1 summary.md) == before ]] || complain 'the summary is not added to the others'
grep -q '^## heddle: not as expected$' summary.md || complain "the summary: $(<summary.md)"
GITHUB_ACTIONS=true expect 0 run canary/clean --quiet
[[ $out != *::error* && $out != *::warning* ]] || complain 'what is as expected is annotated'
expect 0 run canary/clean --quiet
[[ $out != *::* ]] || complain 'there are annotations without GitHub'

# To standard output, one of them.
expect 0 run canary/clean --quiet --report markdown=-
prints '## heddle: all as expected*'
[[ $err == *'scenarios: 1 as expected'* ]] || complain 'with a report on stdout the results are lost'
refuse 2 'standard output holds one report only' run canary --json - --report junit=-
refuse 2 "--report takes json, junit, sarif, markdown or html, not 'junt', did you mean 'junit'?" \
  run canary --report junt=x
for value in junit junit= =x ''; do refuse 2 '--report' run canary --report "$value"; done
touch file
refuse 2 "cannot write 'file/x.xml': Not a directory" run canary --report junit=file/x.xml
refuse 2 "cannot write 'file/x.xml': Not a directory" report merge run.json --junit file/x.xml

exit "$status"
