#include "sim/machine/config.hpp"

#include <array>
#include <cstddef>

namespace heddle::sim {
namespace {

constexpr std::array<std::string_view, 3> preemption_words = {"full", "voluntary", "none"};
constexpr std::array<std::string_view, 3> interleave_words = {"sync", "racy", "all"};
constexpr std::array<std::string_view, 2> relaxing_words = {"waits", "spins"};
constexpr std::array<std::string_view, 2> time_words = {"asynchronous", "clock"};

template <class Enum, std::size_t count>
bool find(const std::array<std::string_view, count>& words, std::string_view text, Enum& out) {
  for (std::size_t i = 0; i < count; ++i) {
    if (words[i] != text) continue;
    out = static_cast<Enum>(i);
    return true;
  }
  return false;
}

}  // namespace

std::string_view word(Preemption p) { return preemption_words[static_cast<std::size_t>(p)]; }
bool preemption_from(std::string_view text, Preemption& p) {
  return find(preemption_words, text, p);
}
std::string_view word(Interleave i) { return interleave_words[static_cast<std::size_t>(i)]; }
bool interleave_from(std::string_view text, Interleave& i) {
  return find(interleave_words, text, i);
}
std::string_view word(Time time) { return time_words[static_cast<std::size_t>(time)]; }
bool time_from(std::string_view text, Time& time) { return find(time_words, text, time); }
std::string_view word(Relaxing r) { return relaxing_words[static_cast<std::size_t>(r)]; }
bool relaxing_from(std::string_view text, Relaxing& r) { return find(relaxing_words, text, r); }

}  // namespace heddle::sim
