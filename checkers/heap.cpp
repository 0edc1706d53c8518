#include "checkers/heap.hpp"

#include <algorithm>

namespace heddle::checkers {

using sim::Access;
using sim::Block;
using sim::ByteState;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Machine;
using sim::Mode;
using sim::ObjectClass;
using sim::ObjectId;
using sim::arena_layout::is_heap;

namespace {

// WordStates: the upper bit of a byte's state says that it may be used, both bits that it was
// written.
static_assert((static_cast<unsigned>(ByteState::uninitialised) & 2) != 0 &&
              (static_cast<unsigned>(ByteState::unallocated) & 2) == 0 &&
              (static_cast<unsigned>(ByteState::freed) & 2) == 0 &&
              static_cast<unsigned>(ByteState::initialised) == 3);
constexpr unsigned usable = 0xAAAA;
constexpr unsigned written = 0xFFFF;

constexpr bool is_usable(ByteState state) { return state >= ByteState::uninitialised; }

/// Is an atomic access one that needs the value which is there? @pre the access is about to be
/// made.
bool is_read_modify_write(Machine& machine, const Access& access) {
  const sim::Operation& announced = machine.self().announced;
  return access.atomic && announced.kind == EventKind::exchange &&
         announced.object == ObjectId::memory(access.address);
}

/// The block that an address outside of all blocks most likely strays from; nullptr if there is
/// none in the same heap.
const Block* strayed_from(const sim::Heap& heap, std::uintptr_t address) {
  const auto heap_of = [](std::uintptr_t a) {
    return (a - sim::arena_layout::base) / sim::arena_layout::heap_bytes;
  };
  const Block* nearest = nullptr;
  std::uintptr_t least = ~std::uintptr_t{0};
  for (const Block& block : heap.blocks()) {
    if (heap_of(block.address) != heap_of(address)) continue;
    const std::uintptr_t distance = address < block.address
                                        ? block.address - address
                                        : address + 1 - (block.address + block.size);
    if (distance >= least) continue;
    nearest = &block;
    least = distance;
  }
  return nearest;
}

}  // namespace

sim::EventMask HeapChecker::events() const { return {EventKind::free, EventKind::spin}; }

void HeapChecker::event(Machine& machine, const Event& event) {
  if (event.kind == EventKind::free) {
    check_free(machine, event);
    return;
  }
  if (event.object.cls() != ObjectClass::memory || !is_heap(event.object.payload())) return;
  if (is_usable(shadow_->at(event.object.payload()))) [[likely]]
    return;
  report_inaccessible(machine, {event.object.payload(), 1, false, true, event.place, "takes"},
                      event.object.payload());
}

void HeapChecker::access(Machine& machine, const Access& access) {
  if (!is_heap(access.address)) return;
  const bool writes = access.mode == Mode::write;
  if (access.discloses) check_disclosed(machine, access);
  const bool reads = writes ? is_read_modify_write(machine, access) : !access.range;
  const unsigned first = access.address & 7;
  if (first + access.size <= 8) [[likely]] {
    sim::WordStates& states = shadow_->states(access.address);
    const unsigned touched = ((1u << (2 * access.size)) - 1) << (2 * first);
    const unsigned needed = reads ? touched : touched & usable;
    if ((states & needed) == needed) [[likely]] {
      if (writes) states = static_cast<sim::WordStates>(states | touched);
      return;
    }
  }
  check(machine,
        {access.address, access.size, reads, writes, access.place, writes ? "writes" : "reads"});
}

void HeapChecker::check(Machine& machine, const Use& use) {
  if (!have_all(use.address, use.size, usable)) {
    std::uintptr_t byte = use.address;
    while (is_heap(byte) && is_usable(shadow_->at(byte))) ++byte;
    report_inaccessible(machine, use, byte);
    return;
  }
  if (use.reads && is_unwritten(use)) report_unwritten(machine, use);
  if (use.writes) shadow_->set(use.address, use.size, ByteState::initialised);
}

void HeapChecker::check_disclosed(Machine& machine, const Access& access) {
  for (std::uintptr_t byte = access.address; byte < access.address + access.size; ++byte) {
    if (!is_heap(byte) || shadow_->at(byte) != ByteState::uninitialised) continue;
    report_unwritten(machine, {byte, 1, true, false, access.place, "copies to the user"});
    return;
  }
}

void HeapChecker::copy(Machine&, std::uintptr_t to, std::uintptr_t from, std::size_t size) {
  if (!is_heap(to) || !is_heap(from)) return;
  // The write of the copy has marked all bytes as written; take that back where it copies others.
  if (have_all(from, size, written)) return;
  const auto carry = [&](std::size_t i) {
    if (shadow_->at(from + i) == ByteState::uninitialised && is_usable(shadow_->at(to + i)))
      shadow_->set(to + i, 1, ByteState::uninitialised);
  };
  if (to <= from) {
    for (std::size_t i = 0; i < size; ++i) carry(i);
  } else {
    for (std::size_t i = size; i-- > 0;) carry(i);
  }
}

/// Does each of the bytes lie in a heap, and have these bits of its state?
bool HeapChecker::have_all(std::uintptr_t address, std::size_t size, unsigned bits) const {
  if (size == 0) return true;
  if (!is_heap(address) || !is_heap(address + size - 1)) return false;
  const sim::WordStates* const words = &shadow_->states(address);
  const std::size_t first = address & 7;
  const std::size_t last = (first + size - 1) / 8;
  const unsigned before = (1u << 2 * first) - 1;
  const unsigned behind = ~(0xFFFFu >> 2 * (7 - (first + size - 1) % 8));
  if (last == 0) return ((words[0] | before | behind) & bits) == bits;
  unsigned common = (words[0] | before) & (words[last] | behind);
  for (std::size_t i = 1; i < last; ++i) common &= words[i];
  return (common & bits) == bits;
}

void HeapChecker::check_free(Machine& machine, const Event& event) {
  if ((event.flags & sim::event_not_a_block) == 0) return;
  const Block* block = machine.heap().starting_at(event.object.payload());
  Finding finding =
      machine.finding_here(FindingKind::double_free, event.place, "frees", event.object);
  finding.fatal = true;
  if (block == nullptr) {
    finding.detail = "no block starts there";
  } else if (block->freed) {
    finding.detail = "the block was freed before";
    finding.add({block->freed_by, block->freed_step, block->freed_at, "frees", event.object});
  } else {
    finding.detail = "the block was not allocated to be freed";
  }
  machine.report(finding);
}

bool HeapChecker::is_unwritten(const Use& use) const {
  for (std::uintptr_t byte = use.address; byte < use.address + use.size; ++byte)
    if (shadow_->at(byte) == ByteState::initialised) return false;
  return true;
}

void HeapChecker::report_inaccessible(Machine& machine, const Use& use, std::uintptr_t byte) {
  const bool freed = is_heap(byte) && shadow_->at(byte) == ByteState::freed;
  const Block* block = freed ? machine.heap().around(byte) : strayed_from(machine.heap(), byte);
  // A stray address is named by the block that it strays from.
  const ObjectId object = ObjectId::memory(block == nullptr || freed ? byte : block->address);
  Finding finding =
      machine.finding_here(freed ? FindingKind::use_after_free : FindingKind::out_of_bounds,
                           use.place, use.verb, object);
  finding.fatal = true;
  if (block == nullptr) {
    finding.detail = "no block is near that address";
  } else if (freed) {
    finding.detail = "the block was freed; bytes from its start:";
    finding.number = byte - block->address;
    finding.add({block->freed_by, block->freed_step, block->freed_at, "frees",
                 ObjectId::memory(block->address)});
  } else if (byte < block->address) {
    finding.detail = "it lies before the block; bytes to its start:";
    finding.number = block->address - byte;
  } else {
    finding.detail = "it lies behind the block; bytes from its start:";
    finding.number = byte - block->address;
  }
  if (block != nullptr)
    finding.add({block->allocated_by, block->allocated_step, block->allocated_at, "allocates",
                 ObjectId::memory(block->address)});
  machine.report(finding);
}

void HeapChecker::report_unwritten(Machine& machine, const Use& use) {
  const ObjectId object = ObjectId::memory(use.address);
  Finding finding = machine.finding_here(FindingKind::uninitialised, use.place, use.verb, object);
  finding.detail = "nothing was written there since the block was allocated; bytes from its start:";
  if (const Block* block = machine.heap().around(use.address)) {
    finding.number = use.address - block->address;
    finding.add({block->allocated_by, block->allocated_step, block->allocated_at, "allocates",
                 ObjectId::memory(block->address)});
  }
  machine.report(finding);
  // Once is enough for these bytes.
  shadow_->set(use.address, use.size, ByteState::initialised);
}

}  // namespace heddle::checkers
