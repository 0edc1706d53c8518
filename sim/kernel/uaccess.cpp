#include "sim/kernel/uaccess.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/parts.hpp"
#include "sim/kernel/sleep.hpp"

namespace heddle::sim::kernel {
namespace {

/// So few lie on one page.
constexpr std::size_t small_bytes = 16;

struct Range {
  std::uintptr_t first = 0;
  std::size_t size = 0;

  bool contains(std::uintptr_t address) const { return address - first < size; }
};

/// All that processes have, and what is wrong with it.
struct UserMemory {
  static constexpr std::size_t ranges_max = 8;
  std::array<Range, ranges_max> mapped{};
  std::array<Range, ranges_max> forbidden{};
  std::size_t mapped_count = 0;
  std::size_t forbidden_count = 0;
  std::uint32_t faults_left = 0;
  bool may_fault = false;

  bool is_shared(std::uintptr_t address) const {
    return std::any_of(mapped.begin(), mapped.begin() + mapped_count,
                       [&](const Range& range) { return range.contains(address); });
  }
  /// How many bytes from `address` on can be accessed, at most `size`.
  std::size_t accessible(std::uintptr_t address, std::size_t size) const {
    for (std::size_t i = 0; i < forbidden_count; ++i) {
      const Range& range = forbidden[i];
      if (range.contains(address)) return 0;
      if (range.first - address < size) size = range.first - address;
    }
    return size;
  }
};

ObjectId budget_of(const UserMemory& users) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&users.faults_left));
}

void add(std::array<Range, UserMemory::ranges_max>& ranges, std::size_t& count, Range range) {
  Machine::running().require(count < ranges.size(),
                             "a world has at most 8 ranges of user memory of a kind");
  ranges[count++] = range;
}

/// A fault by choice. @returns how many of the bytes are copied.
std::size_t choose_fault(Machine& machine, UserMemory& users, std::size_t size) {
  if (!users.may_fault) return size;
  machine.uses(budget_of(users), Mode::read, sizeof users.faults_left);
  if (users.faults_left == 0) return size;
  const std::uint32_t chosen = machine.choose(size > small_bytes ? 3 : 2);
  if (chosen == 0) return size;
  machine.uses(budget_of(users), Mode::write, sizeof users.faults_left);
  --users.faults_left;
  return chosen == 1 ? 0 : size / 2;
}

/// Tells of an access to memory that others may write at any time: it races with nobody.
void tell_shared(Machine& machine, std::uintptr_t address, std::size_t size, Mode mode,
                 Place place) {
  for (std::uintptr_t at = address; at < address + size;) {
    const auto in_word =
        static_cast<std::uint32_t>(std::min<std::size_t>(8 - (at & 7), address + size - at));
    machine.touch({.address = at, .size = in_word, .mode = mode, .atomic = true, .place = place});
    at += in_word;
  }
  machine.emit({.kind = mode == Mode::write ? EventKind::store : EventKind::load,
                .mode = mode,
                .object = ObjectId::memory(address),
                .place = place});
}

/// One side of a copy is the user's. @returns how many bytes were copied.
std::size_t transfer(void* to, const void* from, std::size_t size, Mode mode, Place place) {
  Machine& machine = Machine::running();
  may_sleep(machine, event_can_sleep, place);
  if (size == 0) return 0;
  const bool writes = mode == Mode::write;
  const auto kernel = reinterpret_cast<std::uintptr_t>(writes ? from : to);
  const auto user = reinterpret_cast<std::uintptr_t>(writes ? to : from);
  if (!arena_layout::contains(user)) return 0;
  auto* users = part_if_used<UserMemory>(machine, Part::user_memory);
  const bool shared = users != nullptr && users->is_shared(user);
  if (shared)
    machine.step({writes ? EventKind::store : EventKind::load, mode,
                  static_cast<std::uint16_t>(std::min<std::size_t>(size, 0xFFFF)),
                  ObjectId::memory(user), place});
  std::size_t bytes = size;
  if (users != nullptr) {
    bytes = users->accessible(user, size);
    if (bytes == size) bytes = choose_fault(machine, *users, size);
  }
  if (bytes == 0) return 0;
  if (writes) machine.disclose(kernel, bytes, place);
  if (shared) {
    if (!writes) machine.range(kernel, bytes, Mode::write, place);
    tell_shared(machine, user, bytes, mode, place);
  } else {
    machine.copy(reinterpret_cast<std::uintptr_t>(to), reinterpret_cast<std::uintptr_t>(from),
                 bytes, place);
  }
  std::memcpy(to, from, bytes);
  return bytes;
}

/// @returns how many bytes were not copied; they are zero.
std::size_t fetch(void* to, const void* from, std::size_t size, Place place) {
  const std::size_t copied = transfer(to, from, size, Mode::read, place);
  if (copied == size) return 0;
  Machine::running().range(reinterpret_cast<std::uintptr_t>(to) + copied, size - copied,
                           Mode::write, place);
  std::memset(static_cast<char*>(to) + copied, 0, size - copied);
  return size - copied;
}

}  // namespace

void* user_map(World& world, std::size_t size, const char* label) {
  Machine& machine = world.machine();
  auto& users = part<UserMemory>(machine, Part::user_memory);
  const std::uintptr_t address = machine.allocate(size, label, Heap::Fill::zero, HEDDLE_CALL_PLACE);
  machine.heap().last().permanent = true;
  add(users.mapped, users.mapped_count, {address, size});
  return reinterpret_cast<void*>(address);
}

void user_forbid(World& world, const void* first, std::size_t size) {
  auto& users = part<UserMemory>(world.machine(), Part::user_memory);
  add(users.forbidden, users.forbidden_count, {reinterpret_cast<std::uintptr_t>(first), size});
}

void user_copies_may_fault(World& world, std::uint16_t times) {
  auto& users = part<UserMemory>(world.machine(), Part::user_memory);
  users.faults_left = times;
  users.may_fault = times != 0;
}

std::size_t copy_to_user(void* to, const void* from, std::size_t size) {
  return size - transfer(to, from, size, Mode::write, HEDDLE_CALL_PLACE);
}

std::size_t copy_from_user(void* to, const void* from, std::size_t size) {
  return fetch(to, from, size, HEDDLE_CALL_PLACE);
}

int put_user_bytes(void* to, const void* value, std::size_t size) {
  return transfer(to, value, size, Mode::write, HEDDLE_CALL_PLACE) == size ? 0 : -EFAULT;
}

int get_user_bytes(void* value, const void* from, std::size_t size) {
  return fetch(value, from, size, HEDDLE_CALL_PLACE) == 0 ? 0 : -EFAULT;
}

}  // namespace heddle::sim::kernel
