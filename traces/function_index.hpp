// The functions of a compilation unit, by address, and what each stands in. A unit is read once, as
// that takes long and there may be many addresses in it.
#pragma once

#include <cstdint>
#include <vector>

#include <elfutils/libdw.h>

namespace heddle::traces {

class FunctionIndex {
 public:
  /// Cost: that of reading the unit.
  explicit FunctionIndex(Dwarf_Die unit);

  const Dwarf_Die& unit() const { return unit_; }
  /// The function that holds the address, then what is inlined there, each in the one before it;
  /// empty if there is none.
  std::vector<Dwarf_Die> functions_at(Dwarf_Addr pc) const;
  /// The functions and types that the DIE, one of these, stands in, innermost first, itself
  /// included.
  std::vector<Dwarf_Die> scopes_of(Dwarf_Die die) const;

 private:
  struct Range {
    Dwarf_Addr begin, end;
    Dwarf_Die function;
  };
  struct Scope {
    Dwarf_Die die;
    std::uint32_t outer;  // its place; or none
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  void add_below(Dwarf_Die parent, std::uint32_t outer);
  void add_ranges(Dwarf_Die function);

  Dwarf_Die unit_;
  std::vector<Range> ranges_;  // by begin
  std::vector<Scope> scopes_;  // as they lie in the file
};

}  // namespace heddle::traces
