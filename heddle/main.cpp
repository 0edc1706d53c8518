// main() of a program of scenarios: every verb of heddle, on the scenarios that it is linked with.
#include "scenarios/cli/entry.hpp"
#include "traces/places.hpp"

int main(int count, char** arguments) {
#ifdef HEDDLE_SOURCE_ROOT
  heddle::traces::set_source_root(HEDDLE_SOURCE_ROOT);
#endif
  return heddle::cli::run(count, arguments);
}
