#include "checkers/set.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::checkers {

std::size_t CheckerSet::index_of(std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  HEDDLE_CHECK(at != names.end(), "a checker has one of CheckerSet::names");
  return static_cast<std::size_t>(at - names.begin());
}

CheckerSet& CheckerSet::without(std::string_view name) {
  checkers_[index_of(name)] = nullptr;
  return *this;
}

bool CheckerSet::heeds_past(std::string_view name) const {
  const sim::Observer* const checker = checkers_[index_of(name)];
  return checker != nullptr && checker->heeds_past();
}

void CheckerSet::attach_to(sim::Machine& machine) {
  for (sim::Observer* checker : checkers_)
    if (checker != nullptr) machine.attach(*checker);
}

}  // namespace heddle::checkers
