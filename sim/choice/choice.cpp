#include "sim/choice/choice.hpp"

#include <array>

namespace heddle::sim {
namespace {
constexpr std::array<std::string_view, static_cast<std::size_t>(Reason::count_)> words = {
    "schedule", "allocation", "value", "fault"};
}

std::string_view word(Reason reason) { return words[static_cast<std::size_t>(reason)]; }

bool reason_from(std::string_view text, Reason& reason) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != text) continue;
    reason = static_cast<Reason>(i);
    return true;
  }
  return false;
}

}  // namespace heddle::sim
