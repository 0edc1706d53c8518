#include "sim/explore/coverage.hpp"

#include <algorithm>

namespace heddle::sim {
namespace {

/// Spreads what differs in a few low bits; much cheaper than mix(), and good enough for a table.
std::size_t spread(std::uint64_t key) {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ull) >> 40);
}

}  // namespace

void Coverage::begin(std::uint64_t index, std::uint8_t arm) {
  index_ = index;
  arm_ = arm;
  ++execution_;
  count_before_ = count_;
}

/// @returns nullptr if its neighbourhood is full: the object is left out in this execution.
Coverage::Object* Coverage::find(ObjectId object) {
  std::size_t at = spread(object.bits);
  for (std::size_t probe = 0; probe < probes_max; ++probe, ++at) {
    Object& slot = objects_[at % objects_max];
    if (slot.execution == execution_ && slot.object == object) return &slot;
    if (slot.execution == execution_) continue;
    slot = {execution_, object, {}, {}};
    return &slot;
  }
  return nullptr;
}

void Coverage::step(ContextId id, const Operation& operation) {
  Object* const object = find(operation.object);
  if (object == nullptr) return;
  const std::uint64_t place = operation.place.pc;
  reach(object->write, id, place);
  if (operation.mode == Mode::write) {
    reach(object->read, id, place);
    object->write = {place, id};
    object->read = {};
  } else {
    object->read = {place, id};
  }
}

void Coverage::reach(const Pair& pair) {
  std::size_t at = spread(pair.before * 31 + pair.after);
  for (;; ++at) {
    Pair& slot = pairs_[at % slots];
    if (slot.reached == 0) {
      if (count_ == pairs_max) return;
      ++count_;
      slot = pair;
      return;
    }
    if (slot.before != pair.before || slot.after != pair.after) continue;
    if (pair.reached < slot.reached) slot = pair;
    return;
  }
}

void Coverage::gather(const Coverage& other) {
  for (const Pair& pair : other.pairs_)
    if (pair.reached != 0) reach(pair);
}

std::vector<std::uint64_t> Coverage::firsts() const {
  std::vector<std::uint64_t> indices;
  for (const Pair& pair : pairs_)
    if (pair.reached != 0) indices.push_back(pair.reached - 1);
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  return indices;
}

void Coverage::credit(std::uint64_t index, std::array<std::uint64_t, 256>& arms) const {
  for (const Pair& pair : pairs_)
    if (pair.reached > index) ++arms[pair.arm];
}

}  // namespace heddle::sim
