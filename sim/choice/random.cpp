#include "sim/choice/random.hpp"

namespace heddle::sim {

ContextId RandomChooser::schedule(const SchedulePoint& point) {
  return point.enabled.nth(rng_.below(point.enabled.count()));
}

std::uint32_t RandomChooser::value(Reason, std::uint32_t arity) { return rng_.below(arity); }

}  // namespace heddle::sim
