// Names for contexts and objects: what a reader can find in the code, never an address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/event.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::traces {

/// "adder", or "adder.2" for the second of several of this name. Final only when all contexts of
/// the execution have been created.
std::string context_name(const sim::Machine& machine, sim::ContextId id);

/// Can `name` mean this context, whatever contexts are still to be created?
bool is_called(const sim::Machine& machine, sim::ContextId id, std::string_view name);

/// An object's name as far as it is known when an operation on it happens: `text`, then the name of
/// `context`, which is final only at the execution's end.
struct ObjectName {
  std::string text;
  sim::ContextId context = sim::no_context;
  // Where it lies in something whose type is known:
  const char* type = "";       ///< typeid(T).name(); "" where it is not
  std::size_t type_bytes = 0;  ///< sizeof(T)
  std::size_t offset = 0;      ///< less than type_bytes; its text is the end of `text`
};

/// The name that it was given ("refs_guard", "stats+8"); else its block's label with the number of
/// the block, from 1, among those of the label ("lu_ref_link_kmem#3+16"); "cpu0"; "a variable of
/// adder"; "" for no_object. Cost O(blocks + names).
ObjectName describe(const sim::Machine& machine, sim::ObjectId object);
/// What traces identify an object by.
std::string final_name(const sim::Machine& machine, const ObjectName& name);
/// For readers: with a member's name in place of its offset ("stats.hits"), where the debug
/// information tells (member_text(), whose cost and `hint` these are).
std::string shown_name(const sim::Machine& machine, const ObjectName& name, sim::Place hint);
std::string shown_name(const sim::Machine& machine, sim::ObjectId object, sim::Place hint);
/// The same at once. @pre all contexts have been created, or it does not matter.
std::string object_name(const sim::Machine& machine, sim::ObjectId object);
/// Can `name` mean this object, whatever contexts are still to be created?
bool is_object(const sim::Machine& machine, sim::ObjectId object, std::string_view name);

/// "lock refs_guard": an operation's kind and object.
std::string footprint(const sim::Machine& machine, const sim::Operation& operation);

/// A value of `size` bytes as a reader expects it: small negative numbers as such, pointers into
/// simulated memory as "&name", other pointers (which differ from run to run) as "a pointer".
std::string value_text(const sim::Machine& machine, std::uint64_t value, std::size_t size);
/// Is this the text of a pointer that names what it points to?
bool is_pointer_text(std::string_view text);
/// The same text with a member's name, as shown_name() has it.
std::string pointer_text(const sim::Machine& machine, std::uint64_t value, sim::Place hint);

/// A type's or a block's name for reading: demangled where it is a mangled type, without heddle's
/// own namespaces.
std::string readable_label(std::string_view label, bool is_type);

}  // namespace heddle::traces
