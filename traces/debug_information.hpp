// The debug information of the process and what it has loaded (DWARF 4 and 5, read with elfutils):
// libdwfl finds the module of an address, libdw its DIEs. Places and members are looked up in it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include "traces/function_index.hpp"

namespace heddle::traces {

/// A function that an address is in. Inlined ones come before those that they are inlined in.
struct RawFrame {
  std::string function;
  std::string file;  ///< as in the debug information
  std::uint32_t line = 0;
  bool artificial = false;  ///< [[gnu::artificial]]: stands for its caller
};

class DebugInformation {
 public:
  /// The one of this process.
  static DebugInformation& get();
  DebugInformation(const DebugInformation&) = delete;
  DebugInformation& operator=(const DebugInformation&) = delete;

  /// Innermost first; empty if the address is in no file.
  std::vector<RawFrame> frames(Dwarf_Addr address);
  /// Where the compiler ran that made the code; "" if unknown.
  std::string compiled_in(Dwarf_Addr address);
  /// Calls `visit` with compilation units until it returns true: first with the one of `address`,
  /// then with all. Cost: that of reading as many.
  void visit_units(Dwarf_Addr address, const std::function<bool(Dwarf_Die& unit)>& visit);

 private:
  DebugInformation();
  ~DebugInformation();
  void load();
  Dwfl_Module* module_of(Dwarf_Addr address);

  Dwfl* dwfl_;
  std::map<const void*, FunctionIndex> indices_;  // by where their units lie
};

}  // namespace heddle::traces
