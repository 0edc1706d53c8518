#include "sim/memory/heap.hpp"

#include <cstring>

#include "sim/core/check.hpp"

namespace heddle::sim {
namespace {

/// Lies in the redzone just before a block; leads from an address to its record.
struct Header {
  static constexpr std::uint64_t magic_value = 0x48656464'6C65'0001;
  std::uint64_t magic;
  std::uint64_t index;
};
static_assert(sizeof(Header) == Heap::redzone_bytes);

Header* header_of(std::uintptr_t address) {
  return reinterpret_cast<Header*>(address - Heap::redzone_bytes);
}

}  // namespace

std::uintptr_t Heap::allocate(ContextId owner, std::size_t size, const char* label, Fill fill) {
  if (size > arena_layout::heap_bytes) return 0;
  // At least a byte, so that two blocks never share an address.
  const std::uintptr_t start = arena_.allocate(owner, redzone_bytes + (size == 0 ? 1 : size));
  if (start == 0) return 0;
  const std::uintptr_t address = start + redzone_bytes;
  shadow_.set_block(address, redzone_bytes, size,
                    fill == Fill::zero ? ByteState::initialised : ByteState::uninitialised);
  std::memset(reinterpret_cast<void*>(address), fill == Fill::zero ? 0 : fresh_poison, size);
  *header_of(address) = Header{Header::magic_value, blocks_.size()};

  Block& block = blocks_.emplace_back();
  block.address = address;
  block.size = size;
  block.label = label;
  block.allocated_by = owner;
  return address;
}

void Heap::free(Block& block) {
  HEDDLE_CHECK(!block.freed, "a block is freed once");
  block.freed = true;
  std::memset(reinterpret_cast<void*>(block.address), freed_poison, block.size);
  shadow_.set(block.address, block.size, ByteState::freed);
}

Block* Heap::starting_at(std::uintptr_t address) {
  if (address % 8 != 0 || !arena_layout::is_heap(address) || !arena_.is_allocated(address))
    return nullptr;
  if (!arena_layout::is_heap(address - redzone_bytes)) return nullptr;
  const Header& header = *header_of(address);
  if (header.magic != Header::magic_value || header.index >= blocks_.size()) return nullptr;
  Block& block = blocks_[header.index];
  return block.address == address ? &block : nullptr;
}

const Block* Heap::around(std::uintptr_t address) const {
  for (const Block& block : blocks_) {
    if (address >= block.address - redzone_bytes && address < block.address + block.size)
      return &block;
  }
  return nullptr;
}

void Heap::lose(HostId host) {
  for (Block& block : blocks_)
    if (block.host == host) block.permanent = true;
}

}  // namespace heddle::sim
