// Where a campaign of a search stands between two executions, as bytes that another process of the
// same build goes on from. Stored as they are: who keeps them adds a checksum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/explore/campaign.hpp"
#include "sim/explore/strategy.hpp"
#include "sim/explore/worker.hpp"

namespace heddle::sim {

struct Checkpoint {
  std::vector<Found> findings;
  std::string progress;  ///< see progress_bytes()
};

std::string to_bytes(const Checkpoint& checkpoint);
/// @returns false if the bytes are no checkpoint.
bool from_bytes(std::string_view bytes, Checkpoint& checkpoint);

/// What the search's worker has counted, and the search. @pre nobody executes.
std::string progress_bytes(const WorkerBlock& block, const Strategy& search);
/// @returns false if they are not of such a search; then neither may be used any more.
bool take_progress(std::string_view bytes, WorkerBlock& block, Strategy& search);

}  // namespace heddle::sim
