# What would make an execution depend on something else than its choices: clocks, the environment, the
# locale, threads, random numbers of others, orders that hash tables have.

rooms=(sim checkers traces models scenarios heddle)
engine=(sim checkers traces models scenarios/registry scenarios/families scenarios/properties)

# rule WHY WHAT EXCEPT ROOM...: names the lines of sources in these rooms of the folder `root` whose
# code, without comments and strings, matches WHAT; EXCEPT are files that may, for a reason given there.
rule() {
  local why=$1 what=$2 except=$3 room
  shift 3
  for room in "$@"; do
    [[ ! -d $root/$room ]] || (cd "$root" && find "$room" -name '*.cpp' -o -name '*.hpp')
  done | sort | grep -vxF -f <(printf '%s\n' "${except:-none}") | (
    # shellcheck disable=SC2016  # awk has variables of its own
    cd "$root" && xargs -r -d '\n' awk -v what="$what" -v why="$why" '
      { code = $0; gsub(/"[^"]*"/, "", code); sub(/\/\/.*/, "", code) }
      code ~ what { printf "%s:%d: %s\n", FILENAME, FNR, why }'
  )
}

# banned ROOT: names each line that breaks a rule. Fails if there are some.
banned() {
  local root=$1 offences
  offences=$(
    rule 'random numbers come from sim/core/rng' \
      'random_device|mt19937|_distribution<|(^|std::|[^_a-z.:>])s?rand\(' '' "${rooms[@]}"
    rule 'only the limits of a campaign look at a clock' \
      'system_clock|high_resolution_clock|steady_clock|gettimeofday|clock_gettime' \
      $'sim/explore/process.cpp\nsim/explore/station.hpp\nsim/machine/escape.cpp' "${engine[@]}"
    rule 'the environment is for the command line to look at' 'getenv' '' "${engine[@]}"
    rule 'text is the same in every locale' 'setlocale|std::locale|localtime|strftime' '' "${rooms[@]}"
    rule 'heddle has one thread' 'std::(thread|jthread|async)|pthread_create' \
      sim/machine/escape.cpp "${rooms[@]}"
    rule 'the order of a hash table is no order' 'unordered_(map|set|multimap)|std::hash<' \
      sim/explore/worker.hpp "${rooms[@]}"
  )
  printf '%s' "$offences"
  [[ -z $offences ]]
}
