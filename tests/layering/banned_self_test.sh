# The test of what is banned can fail: each planted offence is named, and what only looks like one is
# not.
# shellcheck source=tests/layering/_banned.sh
source "$SOURCE_DIR/tests/layering/_banned.sh"
status=0

# expect LINE OUTPUT: what is said of sim/a.cpp with this line.
expect() {
  local output
  mkdir -p tree/sim
  printf '%s\n' "$1" >tree/sim/a.cpp
  output=$(banned tree)
  if [[ $output != "$2" ]]; then
    printf 'for %s: expected "%s", got "%s"\n' "$1" "$2" "$output"
    status=1
  fi
}

expect 'int a = std::rand();' 'sim/a.cpp:1: random numbers come from sim/core/rng'
expect 'int a = rand();' 'sim/a.cpp:1: random numbers come from sim/core/rng'
expect 'std::mt19937 a;' 'sim/a.cpp:1: random numbers come from sim/core/rng'
expect 'std::getenv("HOME");' 'sim/a.cpp:1: the environment is for the command line to look at'
expect 'auto a = std::chrono::steady_clock::now();' \
  'sim/a.cpp:1: only the limits of a campaign look at a clock'
expect 'std::thread a;' 'sim/a.cpp:1: heddle has one thread'
expect 'std::unordered_map<int, int> a;' 'sim/a.cpp:1: the order of a hash table is no order'
expect 'setlocale(LC_ALL, "");' 'sim/a.cpp:1: text is the same in every locale'
expect 'int strand(); int operand(); a.rand(); my_rand();' ''
expect 'const char* a = "getenv";  // not std::thread' ''
exit "$status"
