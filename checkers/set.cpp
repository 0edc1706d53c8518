#include "checkers/set.hpp"

#include <algorithm>

#include "sim/core/check.hpp"

namespace heddle::checkers {

CheckerSet& CheckerSet::without(std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  HEDDLE_CHECK(at != names.end(), "a checker is taken out by one of CheckerSet::names");
  checkers_[static_cast<std::size_t>(at - names.begin())] = nullptr;
  return *this;
}

void CheckerSet::attach_to(sim::Machine& machine) {
  for (sim::Observer* checker : checkers_)
    if (checker != nullptr) machine.attach(*checker);
}

}  // namespace heddle::checkers
