# The layering test can fail: every planted offence is named, and nothing else is.
# shellcheck source=tests/layering/_arrows.sh
source "$SOURCE_DIR/tests/layering/_arrows.sh"
status=0

# plant PATH [LINE]...: a source file with these lines.
plant() {
  local path=$1
  shift
  mkdir -p "tree/$(dirname "$path")"
  printf '%s\n' "$@" >"tree/$path"
}

# A clean tree: each line is an arrow that is allowed.
plant_clean() {
  rm -rf tree
  local header
  for header in sim/{core,choice,machine,kernel,explore}/a checkers/a traces/a models/{one,two}/a \
    scenarios/registry/a; do
    plant "$header.hpp" '#pragma once'
  done
  plant heddle.hpp '#pragma once' '#include "scenarios/registry/a.hpp"'
  plant sim/kernel/a.cpp '#include "sim/machine/a.hpp"' '#include <vector>'
  plant sim/explore/a.cpp '#include "sim/choice/a.hpp"' '#include "sim/explore/a.hpp"'
  plant models/one/a.cpp '#include "models/one/a.hpp"' '#include "sim/kernel/a.hpp"'
  plant scenarios/families/a.cpp '#include "models/one/a.hpp"' '#include "traces/a.hpp"'
  plant tests/a_test.cpp '#include "heddle.hpp"' '#include "sim/explore/a.hpp"'
}

# expect DESCRIPTION OUTPUT: `arrows` prints exactly this, and fails unless it is empty.
expect() {
  local output result=0
  output=$(arrows tree) || result=$?
  if [[ $output != "$2" ]] || { [[ -z $2 ]] && ((result != 0)); } ||
    { [[ -n $2 ]] && ((result == 0)); }; then
    printf '%s: expected exit status and output for "%s", got %d and "%s"\n' \
      "$1" "$2" "$result" "$output"
    status=1
  fi
}

plant_clean
expect "a clean tree" ""

# offence PATH LINE OUTPUT: a clean tree with one file more.
offence() {
  plant_clean
  plant "$1" "$2"
  expect "$1 with $2" "$3"
}

offence sim/core/up.cpp '#include "sim/machine/a.hpp"' \
  'sim/core/up.cpp:1: sim/core may not see sim/machine: sim/machine/a.hpp'
offence sim/core/up.cpp ' # include  "sim/machine/a.hpp"  // why' \
  'sim/core/up.cpp:1: sim/core may not see sim/machine: sim/machine/a.hpp'
offence sim/explore/up.cpp '#include "sim/machine/a.hpp"' \
  'sim/explore/up.cpp:1: sim/explore may not see sim/machine: sim/machine/a.hpp'
offence sim/kernel/up.cpp '#include "sim/explore/a.hpp"' \
  'sim/kernel/up.cpp:1: sim/kernel may not see sim/explore: sim/explore/a.hpp'
offence sim/machine/up.cpp '#include "models/one/a.hpp"' \
  'sim/machine/up.cpp:1: sim/machine may not see models/one: models/one/a.hpp'
offence checkers/up.cpp '#include "traces/a.hpp"' \
  'checkers/up.cpp:1: checkers may not see traces: traces/a.hpp'
offence models/one/up.cpp '#include "models/two/a.hpp"' \
  'models/one/up.cpp:1: models/one may not see models/two: models/two/a.hpp'
offence models/one/up.cpp '#include "checkers/a.hpp"' \
  'models/one/up.cpp:1: models/one may not see checkers: checkers/a.hpp'
offence sim/core/up.cpp '#include "heddle.hpp"' \
  'sim/core/up.cpp:1: sim/core may not see top: heddle.hpp'
offence sim/core/b.cpp '#include "a.hpp"' \
  'sim/core/b.cpp:1: no such file from the root of the repository: a.hpp'
offence tests/b_test.cpp '#include "../sim/core/a.hpp"' \
  'tests/b_test.cpp:1: no such file from the root of the repository: ../sim/core/a.hpp'
offence sim/kernel/b.cpp '#include <sim/core/a.hpp>' \
  'sim/kernel/b.cpp:1: our own headers stand in quotes: <sim/core/a.hpp>'
offence sim/core/b.hpp '// no guard' \
  'sim/core/b.hpp: a header begins with #pragma once'
offence sim/b.cpp '' 'sim/b.cpp: belongs to no layer'
offence attic/b.cpp '' 'attic/b.cpp: belongs to no layer'

rm -rf tree && mkdir tree
expect "no sources" "no sources were found"
exit "$status"
