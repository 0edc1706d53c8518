#include "sim/core/outcome.hpp"

#include <array>
#include <cstddef>

namespace heddle::sim {

std::string_view word(Outcome outcome) {
  constexpr std::array<std::string_view, 5> words = {"finished", "stuck", "stopped",
                                                     "bound_reached", "given_up"};
  return words[static_cast<std::size_t>(outcome)];
}

}  // namespace heddle::sim
