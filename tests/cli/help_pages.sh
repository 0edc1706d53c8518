# What is made from the command line's own help: the manual page, docs/options.md, completions. Each
# verb and option is in each of them, and the shells and readers take them.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 help --markdown
cp stdout.txt options.md
diff "$SOURCE_DIR/docs/options.md" options.md ||
  complain 'docs/options.md is out of date: heddle help --markdown > docs/options.md'
expect 0 help --man
cp stdout.txt heddle.1
for shell in bash zsh fish; do
  expect 0 completion "$shell"
  cp stdout.txt "heddle.$shell"
done
refuse 2 'completion needs a shell: bash, zsh, fish' completion
refuse 2 "not 'bsh', did you mean 'bash'" completion bsh

expect 0 help
mapfile -t verbs < <(sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' stdout.txt)
((${#verbs[@]} >= 12)) || complain "heddle help has only ${verbs[*]}"
# roff writes - as \-, fish writes --name as -l name.
sed 's/\\-/-/g' heddle.1 >plain.1
for verb in "${verbs[@]}"; do
  for page in options.md plain.1 heddle.bash heddle.zsh heddle.fish; do
    grep -q -e "\b$verb\b" "$page" || complain "$page has no verb $verb"
  done
  expect 0 help "$verb"
  (($(wc --max-line-length <stdout.txt) <= 100)) || complain "help $verb is wider than 100 columns"
  while read -r option; do
    for page in options.md plain.1 heddle.bash heddle.zsh; do
      grep -q -e "$option\b" "$page" || complain "$page has no option $option of $verb"
    done
    grep -q -e "seen_subcommand_from $verb' .*-l ${option#--}\b" heddle.fish ||
      complain "heddle.fish has no option $option of $verb"
  done < <(grep -o -e '^  [^ ]*--[a-z-]*' stdout.txt | grep -o -e '--[a-z-]*')
done

if command -v mandoc >/dev/null; then
  mandoc -T lint -W warning heddle.1 >lint.txt || complain "mandoc: $(<lint.txt)"
fi
if command -v man >/dev/null; then
  LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings --local-file ./heddle.1 >man.txt 2>warnings.txt
  [[ ! -s warnings.txt ]] || complain "man: $(<warnings.txt)"
  grep -q 'heddle - explore' man.txt || complain "man shows $(head -n 5 man.txt)"
fi

# bash completes as somebody who types would see it.
cat >complete.bash <<'EOF'
source ./heddle.bash
heddle() { "$HEDDLE" "$@"; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_heddle
printf '%s\n' "${COMPREPLY[@]}"
EOF
completes() {
  local expected=$1
  shift
  bash complete.bash heddle "$@" 2>&1 | tr '\n' ' ' >completed.txt
  # shellcheck disable=SC2053
  [[ $(<completed.txt) == $expected ]] || complain "bash completes '$*' to $(<completed.txt)"
}
completes 'replay report ' re
completes 'run ' ru
completes '--seed --seeds ' run --see
completes 'pct pos portfolio ' run --strategy p
completes 'canary/clean canary/lost_update ' run canary/
completes 'merge ' report m
completes 'verify ' corpus v
completes 'lanes ' show --format l
completes '*heddle.bash *' replay heddle.
completes 'smoke soak *' run --suite s
completes 'zsh ' completion z
if command -v zsh >/dev/null; then
  zsh -n heddle.zsh || complain 'zsh cannot read its completion'
  zsh -f -c 'autoload -U compinit && compinit -D && source ./heddle.zsh && (( $+functions[_heddle] ))' ||
    complain 'zsh does not load its completion'
fi
if command -v fish >/dev/null; then
  export HOME=$PWD
  fish --no-execute heddle.fish || complain 'fish cannot read its completion'
  fish --no-config --command 'source heddle.fish; complete --do-complete "heddle run --see"' >fish.txt
  grep -q '^--seeds' fish.txt || complain "fish completes to $(<fish.txt)"
fi

exit "$status"
