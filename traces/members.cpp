#include "traces/members.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cxxabi.h>
#include <dwarf.h>
#include <fmt/format.h>

#include "traces/debug_information.hpp"
#include "traces/function_name.hpp"

namespace heddle::traces {
namespace {

std::string_view name_of(Dwarf_Die* die) {
  const char* name = dwarf_diename(die);
  return name == nullptr ? std::string_view{} : std::string_view{name};
}

/// A number that is a constant in the debug information.
std::optional<std::size_t> number_of(Dwarf_Die* die, unsigned attribute_name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr(die, attribute_name, &attribute), &value) != 0)
    return std::nullopt;
  return static_cast<std::size_t>(value);
}

/// The type of a member or an element, without names and qualifiers that others gave it.
std::optional<Dwarf_Die> type_of(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), &type) == nullptr)
    return std::nullopt;
  Dwarf_Die peeled;
  if (dwarf_peel_type(&type, &peeled) != 0) return std::nullopt;
  return peeled;
}

std::optional<std::size_t> size_of(Dwarf_Die* type) {
  Dwarf_Word size = 0;
  if (dwarf_aggregate_size(type, &size) != 0) return std::nullopt;
  return static_cast<std::size_t>(size);
}

/// "a::b<c::d>::e" as a, b<c::d>, e.
std::vector<std::string> scopes_in(std::string_view name) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (depth == 0 && name.substr(i).starts_with("::")) {
      parts.emplace_back();
      ++i;
      continue;
    }
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    parts.back() += name[i];
  }
  return parts;
}

/// Compilers write template arguments in different ways; a type's size tells them apart.
std::string_view without_arguments(std::string_view name) { return name.substr(0, name.find('<')); }

/// The type of that size that stands in these scopes from `at` on.
std::optional<Dwarf_Die> find(Dwarf_Die scope, const std::vector<std::string>& scopes,
                              std::size_t at, std::size_t size) {
  Dwarf_Die child;
  if (dwarf_child(&scope, &child) != 0) return std::nullopt;
  const bool is_last = at + 1 == scopes.size();
  do {
    const int tag = dwarf_tag(&child);
    const std::string_view own = name_of(&child);
    const bool is_unnamed = tag == DW_TAG_namespace && own.empty();
    const bool is_same = is_unnamed ? scopes[at] == "(anonymous namespace)"
                                    : without_arguments(own) == without_arguments(scopes[at]);
    if (!is_same || (tag != DW_TAG_namespace && !is_type(tag))) continue;
    if (is_last && is_type(tag) && size_of(&child) == size) return child;
    if (is_last) continue;
    if (std::optional<Dwarf_Die> found = find(child, scopes, at + 1, size)) return found;
  } while (dwarf_siblingof(&child, &child) == 0);
  return std::nullopt;
}

std::optional<Dwarf_Die> type_called(std::string_view mangled, std::size_t size, sim::Place hint) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(std::string(mangled).c_str(), nullptr, nullptr, &status), &std::free);
  if (status != 0 || demangled == nullptr) return std::nullopt;
  const std::vector<std::string> scopes = scopes_in(demangled.get());
  std::optional<Dwarf_Die> found;
  DebugInformation::get().visit_units(hint.pc == 0 ? 0 : hint.pc - 1, [&](Dwarf_Die& unit) {
    found = find(unit, scopes, 0, size);
    return found.has_value();
  });
  return found;
}

enum class Owner : std::uint8_t { code_under_test, engine, standard_library };

/// Of the children of `scope`, which come in the order of their offsets, the one that `offset` is
/// in. For the innermost scope of a DIE dwarf_getscopes_die would look through the whole unit.
std::optional<Dwarf_Die> child_around(Dwarf_Die scope, Dwarf_Off offset) {
  std::optional<Dwarf_Die> last;
  Dwarf_Die child;
  if (dwarf_child(&scope, &child) != 0) return std::nullopt;
  do {
    if (dwarf_dieoffset(&child) > offset) break;
    last = child;
  } while (dwarf_siblingof(&child, &child) == 0);
  return last;
}

/// Whose type is it?
Owner owner_of(Dwarf_Die type) {
  std::vector<std::string_view> namespaces;  // outermost first
  Dwarf_Die unit;
  std::optional<Dwarf_Die> scope;
  if (dwarf_diecu(&type, &unit, nullptr, nullptr) != nullptr)
    scope = child_around(unit, dwarf_dieoffset(&type));
  while (scope && dwarf_tag(&*scope) == DW_TAG_namespace) {
    namespaces.push_back(name_of(&*scope));
    scope = child_around(*scope, dwarf_dieoffset(&type));
  }
  if (!namespaces.empty() && namespaces[0] == "std") return Owner::standard_library;
  if (namespaces.empty() || namespaces[0] != "heddle") return Owner::code_under_test;
  for (const std::string_view others : {"models", "scenarios", "tests"})
    if (namespaces.size() > 1 && namespaces[1] == others) return Owner::code_under_test;
  return Owner::engine;
}

// ---- members ------------------------------------------------------------------------------------

using Path = std::optional<std::string>;

Path inside(Dwarf_Die type, std::size_t offset);

Path inside_array(Dwarf_Die array, std::size_t offset) {
  std::optional<Dwarf_Die> element = type_of(&array);
  const std::optional<std::size_t> size = element ? size_of(&*element) : std::nullopt;
  if (!size || *size == 0) return std::nullopt;
  const Path rest = inside(*element, offset % *size);
  if (!rest) return std::nullopt;
  return fmt::format("[{}]{}", offset / *size, *rest);
}

/// Of a member or a base class: what begins there, with the member's name ahead.
Path inside_member(Dwarf_Die member, std::size_t offset) {
  const std::optional<std::size_t> start = number_of(&member, DW_AT_data_member_location);
  std::optional<Dwarf_Die> type = type_of(&member);
  const std::optional<std::size_t> size = type ? size_of(&*type) : std::nullopt;
  if (!start || !size || offset < *start || offset - *start >= *size) return std::nullopt;
  Path rest = inside(*type, offset - *start);
  std::string_view name = name_of(&member);
  if (!rest || dwarf_tag(&member) == DW_TAG_inheritance || name.empty()) return rest;
  while (name.ends_with('_')) name.remove_suffix(1);
  return fmt::format(".{}{}", name, *rest);
}

Path inside_structure(Dwarf_Die structure, std::size_t offset) {
  const Owner owner = owner_of(structure);
  const bool is_std_array =
      owner == Owner::standard_library && name_of(&structure).starts_with("array<");
  if (owner != Owner::code_under_test && !is_std_array) {
    if (offset == 0) return "";
    if (owner == Owner::standard_library) return std::nullopt;
  }
  Dwarf_Die child;
  if (dwarf_child(&structure, &child) != 0) return std::nullopt;
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
    Path path = inside_member(child, offset);
    if (!path) continue;
    if (is_std_array) return path->substr(std::min(path->find('['), path->size()));
    return path;
  } while (dwarf_siblingof(&child, &child) == 0);
  return std::nullopt;
}

/// What begins `offset` bytes into something of this type: "" for itself.
Path inside(Dwarf_Die type, std::size_t offset) {
  const int tag = dwarf_tag(&type);
  if (tag == DW_TAG_array_type) return inside_array(type, offset);
  if (tag == DW_TAG_structure_type || tag == DW_TAG_class_type)
    return inside_structure(type, offset);
  if (offset != 0) return std::nullopt;
  return "";
}

}  // namespace

std::string member_text(std::string_view type, std::size_t size, std::size_t offset,
                        sim::Place hint) {
  struct Known {
    std::optional<Dwarf_Die> type;
    std::map<std::size_t, std::string> members;  // by offset
  };
  static std::map<std::pair<std::string, std::size_t>, Known> all;
  const auto [entry, is_new] = all.try_emplace({std::string(type), size});
  Known& known = entry->second;
  if (is_new) known.type = type_called(type, size, hint);
  if (!known.type) return {};
  const auto [member, is_first] = known.members.try_emplace(offset);
  if (is_first) member->second = inside(*known.type, offset).value_or("");
  return member->second;
}

}  // namespace heddle::traces
