#include "traces/describe.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <cxxabi.h>
#include <fmt/format.h>

#include "traces/members.hpp"

namespace heddle::traces {
namespace {

using sim::Block;
using sim::Context;
using sim::ContextId;
using sim::Machine;
using sim::ObjectClass;
namespace layout = sim::arena_layout;

constexpr std::string_view variable_of = "a variable of ";
constexpr std::string_view memory_of = "unnamed memory of ";

/// Does it look like a name with an ordinal? Then it gets one in any case, to stay unique.
bool ends_like_ordinal(std::string_view name) {
  const std::size_t digits = name.find_last_not_of("0123456789");
  return digits != std::string_view::npos && digits + 1 < name.size() && name[digits] == '.';
}

std::string with_ordinal(std::string_view name, std::uint32_t ordinal) {
  return fmt::format("{}.{}", name, ordinal);
}

/// From 1, among the contexts of the same name, in order of creation.
std::uint32_t ordinal_of(const Machine& machine, ContextId id) {
  std::uint32_t ordinal = 1;
  for (std::uint16_t i = 0; i < id.value; ++i)
    if (std::strcmp(machine.context(ContextId{i}).name, machine.context(id).name) == 0) ++ordinal;
  return ordinal;
}

bool is_context(const Machine& machine, ContextId id) { return id.value < machine.context_count(); }

/// The block that the address is in or closest to, of those whose redzone or padding it can be in.
const Block* closest_block(const Machine& machine, std::uintptr_t address) {
  const Block* best = nullptr;
  std::uintptr_t best_distance = sim::Heap::redzone_bytes + 8;
  for (const Block& block : machine.heap().blocks()) {
    const std::uintptr_t end = block.address + block.size;
    const std::uintptr_t distance = address < block.address ? block.address - address
                                    : address >= end        ? address - end + 1
                                                            : 0;
    if (distance >= best_distance) continue;
    best = &block;
    best_distance = distance;
    if (distance == 0) break;
  }
  return best;
}

std::string offset_text(std::uintptr_t address, std::uintptr_t start) {
  if (address == start) return {};
  return address > start ? fmt::format("+{}", address - start)
                         : fmt::format("-{}", start - address);
}

std::string block_name(const Machine& machine, const Block& block) {
  std::uint32_t ordinal = 1;
  for (const Block& other : machine.heap().blocks()) {
    if (&other == &block) break;
    if (std::strcmp(other.label, block.label) == 0) ++ordinal;
  }
  return fmt::format("{}#{}", readable_label(block.label, block.permanent), ordinal);
}

/// The given name, with a number from the second object on that it was given to.
std::string entry_name(const Machine& machine, const sim::Names::Entry& entry) {
  std::uint32_t ordinal = 1;
  for (const sim::Names::Entry& other : machine.names().entries()) {
    if (other.address == entry.address && other.size == entry.size) break;
    if (std::strcmp(other.name, entry.name) == 0) ++ordinal;
  }
  return ordinal == 1 ? entry.name : fmt::format("{}#{}", entry.name, ordinal);
}

ObjectName in_block(const Machine& machine, const Block& block, std::uintptr_t address) {
  ObjectName name{block_name(machine, block) + offset_text(address, block.address)};
  const sim::Names::Entry* noted = machine.names().type_at(block.address);
  name.type = noted != nullptr ? noted->type : block.permanent ? block.label : "";
  name.type_bytes = noted != nullptr ? noted->size : block.size;
  name.offset = address - block.address;
  if (name.offset >= name.type_bytes) name.type = "";
  return name;
}

ObjectName describe_memory(const Machine& machine, std::uintptr_t address) {
  if (!layout::contains(address)) return {"memory outside the simulation", sim::no_context};
  if (const auto* entry = machine.names().find(address); entry != nullptr)
    return {entry_name(machine, *entry) + offset_text(address, entry->address), sim::no_context,
            entry->type, entry->size, address - entry->address};
  if (!layout::is_heap(address)) {
    const auto owner = (address - layout::stacks) / layout::stack_bytes;
    return {std::string(variable_of), ContextId{static_cast<std::uint16_t>(owner)}};
  }
  // What may be used and is in no block is the engine's own: the copies of tasks' bodies.
  const Block* block = closest_block(machine, address);
  const bool is_inside = block != nullptr && address - block->address < block->size;
  if (is_inside ||
      (block != nullptr && machine.shadow().at(address) == sim::ByteState::unallocated))
    return in_block(machine, *block, address);
  const auto owner = (address - layout::base) / layout::heap_bytes;
  return {std::string(memory_of), ContextId{static_cast<std::uint16_t>(owner)}};
}

}  // namespace

std::string context_name(const Machine& machine, ContextId id) {
  if (!is_context(machine, id)) return "nobody";
  const Context& context = machine.context(id);
  const std::uint32_t ordinal = ordinal_of(machine, id);
  bool shared = ordinal > 1 || ends_like_ordinal(context.name);
  for (std::uint16_t i = static_cast<std::uint16_t>(id.value + 1); i < machine.context_count(); ++i)
    shared = shared || std::strcmp(machine.context(ContextId{i}).name, context.name) == 0;
  return shared ? with_ordinal(context.name, ordinal) : context.name;
}

bool is_called(const Machine& machine, ContextId id, std::string_view name) {
  if (!is_context(machine, id)) return name == "nobody";
  const std::string_view own = machine.context(id).name;
  const std::uint32_t ordinal = ordinal_of(machine, id);
  if (name == own) return ordinal == 1 && !ends_like_ordinal(own);
  return name == with_ordinal(own, ordinal);
}

ObjectName describe(const Machine& machine, sim::ObjectId object) {
  switch (object.cls()) {
    case ObjectClass::memory:
      return describe_memory(machine, object.payload());
    case ObjectClass::cpu:
      return {fmt::format("cpu{}", object.payload()), sim::no_context};
    case ObjectClass::budget:
      return {fmt::format("budget{}", object.payload()), sim::no_context};
    case ObjectClass::context:
      return {"", ContextId{static_cast<std::uint16_t>(object.payload())}};
    case ObjectClass::sleep:
      return {"sleep of ", ContextId{static_cast<std::uint16_t>(object.payload() >> 32)}};
    case ObjectClass::signals:
      return {"signals of ", ContextId{static_cast<std::uint16_t>(object.payload())}};
    case ObjectClass::mailbox:
      return describe_memory(machine, object.payload());
    case ObjectClass::host:
      return {machine.host(sim::HostId{static_cast<std::uint16_t>(object.payload())}).name,
              sim::no_context};
    case ObjectClass::world:
      if (object == sim::world_part(sim::WorldPart::clock)) return {"clock", sim::no_context};
      break;
    case ObjectClass::link:
    case ObjectClass::gate:
    case ObjectClass::residents:
    case ObjectClass::raised:  // no event is about these
    case ObjectClass::none:
      break;
  }
  return {};
}

std::string final_name(const Machine& machine, const ObjectName& name) {
  return name.context == sim::no_context ? name.text
                                         : name.text + context_name(machine, name.context);
}

namespace {

/// "Work#1+8" of "scenarios::classics::Work<scenarios::classics::Queue>#1+8".
std::string short_label(const std::string& text) {
  std::string label;
  int depth = 0;
  for (const char c : text) {
    if (c == '<') ++depth;
    if (depth == 0) label += c;
    if (c == '>' && depth != 0) --depth;
    if (label.ends_with("::")) label.clear();
  }
  return depth == 0 && !label.empty() ? label : text;
}

}  // namespace

std::string shown_name(const Machine& machine, const ObjectName& name, sim::Place hint) {
  std::string text = short_label(final_name(machine, name));
  if (*name.type == 0 || name.offset == 0) return text;
  const std::string member = member_text(name.type, name.type_bytes, name.offset, hint);
  if (member.empty()) return text;
  return text.substr(0, text.rfind('+')) + member;
}

std::string shown_name(const Machine& machine, sim::ObjectId object, sim::Place hint) {
  return shown_name(machine, describe(machine, object), hint);
}

std::string object_name(const Machine& machine, sim::ObjectId object) {
  return final_name(machine, describe(machine, object));
}

bool is_object(const Machine& machine, sim::ObjectId object, std::string_view name) {
  const ObjectName own = describe(machine, object);
  if (own.context == sim::no_context) return name == own.text;
  return name.starts_with(own.text) &&
         is_called(machine, own.context, name.substr(own.text.size()));
}

std::string footprint(const Machine& machine, const sim::Operation& operation) {
  const std::string name = object_name(machine, operation.object);
  return name.empty() ? std::string(word(operation.kind))
                      : fmt::format("{} {}", word(operation.kind), name);
}

std::string value_text(const Machine& machine, std::uint64_t value, std::size_t size) {
  constexpr std::uint64_t negatives_shown = 4096;  // errno values and small counts
  if (layout::contains(value) && size == 8)
    return '&' + object_name(machine, sim::ObjectId::memory(value));
  if (size == 8 && value >= (std::uint64_t{1} << 40) && value < (std::uint64_t{1} << 47))
    return "a pointer";
  const std::uint64_t mask = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
  if (size >= 4 && size <= 8 && mask - (value & mask) < negatives_shown)
    return fmt::format("-{}", mask - (value & mask) + 1);
  return value < 1'000'000'000 ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

bool is_pointer_text(std::string_view text) { return text.starts_with('&'); }

std::string pointer_text(const Machine& machine, std::uint64_t value, sim::Place hint) {
  return '&' + shown_name(machine, sim::ObjectId::memory(value), hint);
}

std::string readable_label(std::string_view label, bool is_type) {
  std::string text(label);
  if (is_type) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> demangled(
        abi::__cxa_demangle(text.c_str(), nullptr, nullptr, &status), &std::free);
    if (status == 0 && demangled != nullptr) text = demangled.get();
  }
  constexpr std::array<std::string_view, 4> left_out = {
      "heddle::sim::", "heddle::models::", "heddle::", "(anonymous namespace)::"};
  for (const std::string_view part : left_out)
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos;)
      text.erase(at, part.size());
  return text;
}

}  // namespace heddle::traces
