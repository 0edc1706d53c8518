#include "sim/explore/reduction.hpp"

#include <array>
#include <cstddef>

namespace heddle::sim {
namespace {
constexpr std::array<std::string_view, 5> words = {"none", "sleep", "source", "optimal", "states"};
}

std::string_view word(Reduction reduction) { return words[static_cast<std::size_t>(reduction)]; }

bool reduction_from(std::string_view text, Reduction& reduction) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != text) continue;
    reduction = static_cast<Reduction>(i);
    return true;
  }
  return false;
}

}  // namespace heddle::sim
