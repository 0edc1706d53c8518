// Findings in words, and what makes two of them the same bug.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/finding.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::traces {

/// How a place is written: "lu_ref_add" or "models/lu_ref/lu_ref.cpp:41 (lu_ref_add)". The first is
/// the same for all compilers and optimisation levels, and stays when lines move.
enum class PlaceStyle : std::uint8_t { function, full };

/// One line: who did what to which object, where. @pre the machine has not begun another execution.
/// Cost: the first message of a process reads debug information (tens of milliseconds).
std::string message(const sim::Machine& machine, const sim::Finding& finding,
                    PlaceStyle style = PlaceStyle::full);

/// The part of the message about one of the actors: "adder.2 writes x at models/m.cpp:41 (add)".
std::string actor_text(const sim::Machine& machine, const sim::Actor& actor,
                       PlaceStyle style = PlaceStyle::full);

/// The part of the message that says what exactly is wrong, with its number; may be "".
std::string detail_text(const sim::Finding& finding);

/// 16 hexadecimal digits over the kind, the detail and the functions of the actors' places; the
/// order of the actors counts only where it means something. Equal in all schedules, campaigns,
/// compilers and optimisation levels.
std::string fingerprint(const sim::Finding& finding);

}  // namespace heddle::traces
