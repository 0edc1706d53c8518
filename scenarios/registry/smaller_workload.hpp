// What a generated workload can shrink to, when nothing but its text is known (a trace has no
// more): the text with pieces left out, and with smaller numbers. What is no workload of its type
// is passed over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/registry/workload.hpp"

namespace heddle::scenarios {

/// The workloads that are one edit smaller, none longer than `text`, those that lack most first:
/// without half of the actors (pieces between " | "), a quarter, … one; without a step (between
/// "; "); without a setting ("hard=1"); with a number 0, 1, a half of it, or one less. Each once,
/// as Workload::text() writes it.
/// Cost: O(length) texts are parsed.
std::vector<std::string> smaller_workloads(const WorkloadType& type, std::string_view text);

}  // namespace heddle::scenarios
