// How an execution ended.
#pragma once

#include <cstdint>
#include <string_view>

namespace heddle::sim {

enum class Outcome : std::uint8_t {
  finished,       ///< every task ended
  stuck,          ///< tasks remain, and none of them can ever step again
  stopped,        ///< a fatal finding
  bound_reached,  ///< a limit (Limits) or the room for recorded choices
  given_up        ///< the chooser gave the execution up
};
std::string_view word(Outcome outcome);

}  // namespace heddle::sim
