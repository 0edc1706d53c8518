// By hand, as dwarf_getscopes follows abstract origins instead of callers.
#include "traces/function_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>

#include <dwarf.h>

#include "traces/function_name.hpp"

namespace heddle::traces {
namespace {

/// Calls `visit` with each child, until it returns false.
template <class Visit>
void visit_children(Dwarf_Die parent, const Visit& visit) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  do
    if (!visit(child)) return;
  while (dwarf_siblingof(&child, &child) == 0);
}

/// Appends what is inlined at `pc` in what is below `parent`, outermost first.
void collect_inlined(Dwarf_Die parent, Dwarf_Addr pc, std::vector<Dwarf_Die>& found) {
  visit_children(parent, [&](Dwarf_Die child) {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) return true;
    const bool holds_pc = dwarf_haspc(&child, pc) > 0;
    if (tag == DW_TAG_inlined_subroutine) {
      if (!holds_pc) return true;
      found.push_back(child);
    }
    const std::size_t known = found.size();
    collect_inlined(child, pc, found);
    return !holds_pc && found.size() == known;
  });
}

/// Of a DIE of another unit. Looks through all of that.
std::vector<Dwarf_Die> scopes_by_search(Dwarf_Die die) {
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&die, &scopes);
  std::vector<Dwarf_Die> result;
  for (int i = 0; i < count; ++i) result.push_back(scopes[i]);
  std::free(scopes);
  return result;
}

}  // namespace

FunctionIndex::FunctionIndex(Dwarf_Die unit) : unit_(unit) {
  add_below(unit, none);
  // What the linker left out begins at 0, where no code is.
  std::ranges::sort(ranges_, {}, &Range::begin);
}

/// A function inside another one, such as the body of a lambda, has code of its own, wherever the
/// outer one's is.
void FunctionIndex::add_below(Dwarf_Die parent, std::uint32_t outer) {
  visit_children(parent, [&](Dwarf_Die child) {
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_subprogram) add_ranges(child);
    if (tag == DW_TAG_namespace || tag == DW_TAG_lexical_block) {
      add_below(child, outer);
    } else if (tag == DW_TAG_subprogram || is_type(tag)) {
      scopes_.push_back({child, outer});
      add_below(child, static_cast<std::uint32_t>(scopes_.size() - 1));
    }
    return true;
  });
}

void FunctionIndex::add_ranges(Dwarf_Die function) {
  Dwarf_Addr base = 0;
  Range range{0, 0, function};
  for (std::ptrdiff_t at = 0;
       (at = dwarf_ranges(&function, at, &base, &range.begin, &range.end)) > 0;)
    if (range.begin < range.end) ranges_.push_back(range);
}

std::vector<Dwarf_Die> FunctionIndex::functions_at(Dwarf_Addr pc) const {
  std::vector<Dwarf_Die> found;
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), pc,
                                [](Dwarf_Addr at, const Range& range) { return at < range.begin; });
  if (after == ranges_.begin()) return found;
  const Range& range = *std::prev(after);
  if (pc >= range.end) return found;
  found.push_back(range.function);
  collect_inlined(range.function, pc, found);
  return found;
}

std::vector<Dwarf_Die> FunctionIndex::scopes_of(Dwarf_Die die) const {
  const auto at = std::lower_bound(
      scopes_.begin(), scopes_.end(), die.addr,
      [](const Scope& scope, const void* wanted) { return scope.die.addr < wanted; });
  if (at == scopes_.end() || at->die.addr != die.addr) return scopes_by_search(die);
  std::vector<Dwarf_Die> scopes;
  for (auto i = static_cast<std::uint32_t>(at - scopes_.begin()); i != none; i = scopes_[i].outer)
    scopes.push_back(scopes_[i].die);
  return scopes;
}

}  // namespace heddle::traces
