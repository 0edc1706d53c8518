// Compilation units are searched where .debug_aranges is missing (clang writes none).
#include "traces/debug_information.hpp"

#include <dwarf.h>
#include <unistd.h>

#include "traces/function_name.hpp"

namespace heddle::traces {
namespace {

// ---- frames of an address -----------------------------------------------------------------------

std::string file_by_index(Dwarf_Die* unit, Dwarf_Word index) {
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrcfiles(unit, &files, &count) != 0 || index >= count) return {};
  const char* file = dwarf_filesrc(files, index, nullptr, nullptr);
  return file == nullptr ? std::string{} : std::string{file};
}

Dwarf_Word number(Dwarf_Die* die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0) return 0;
  return value;
}

std::vector<RawFrame> frames_in(Dwarf_Die* unit, const FunctionIndex& index, Dwarf_Addr pc) {
  std::vector<Dwarf_Die> functions = index.functions_at(pc);
  RawFrame here;
  if (Dwarf_Line* line = dwarf_getsrc_die(unit, pc); line != nullptr) {
    int number_of_line = 0;
    if (dwarf_lineno(line, &number_of_line) == 0)
      here.line = static_cast<std::uint32_t>(number_of_line);
    if (const char* file = dwarf_linesrc(line, nullptr, nullptr); file != nullptr) here.file = file;
  }
  std::vector<RawFrame> frames;
  for (std::size_t i = functions.size(); i-- != 0;) {
    here.function = function_name(functions[i], index);
    here.artificial = is_artificial(functions[i], here.function);
    frames.push_back(here);
    if (i == 0) break;
    here.file = file_by_index(unit, number(&functions[i], DW_AT_call_file));
    here.line = static_cast<std::uint32_t>(number(&functions[i], DW_AT_call_line));
  }
  if (frames.empty()) frames.push_back(here);
  return frames;
}

// ---- the process's debug information ------------------------------------------------------------

/// No search for separate debug files: it may ask the network.
int no_separate_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                     GElf_Word, char**) {
  return -1;
}

constexpr Dwfl_Callbacks callbacks = {&dwfl_linux_proc_find_elf, &no_separate_file, nullptr,
                                      nullptr};

Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr& bias) {
  if (Dwarf_Die* unit = dwfl_module_addrdie(module, address, &bias); unit != nullptr) return unit;
  Dwarf_Die* unit = nullptr;
  while ((unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr)
    if (dwarf_haspc(unit, address - bias) > 0) return unit;
  return nullptr;
}

}  // namespace

DebugInformation& DebugInformation::get() {
  static DebugInformation instance;
  return instance;
}

DebugInformation::DebugInformation() : dwfl_(dwfl_begin(&callbacks)) { load(); }
DebugInformation::~DebugInformation() { dwfl_end(dwfl_); }

void DebugInformation::load() {
  if (dwfl_ == nullptr) return;
  indices_.clear();  // of modules that may be gone
  dwfl_report_begin(dwfl_);
  dwfl_linux_proc_report(dwfl_, getpid());
  dwfl_report_end(dwfl_, nullptr, nullptr);
}

Dwfl_Module* DebugInformation::module_of(Dwarf_Addr address) {
  if (dwfl_ == nullptr) return nullptr;
  // What lies right behind a module counts as its, until its own is known.
  Dwarf_Addr start = 0;
  Dwarf_Addr end = 0;
  Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
  if (module != nullptr)
    dwfl_module_info(module, nullptr, &start, &end, nullptr, nullptr, nullptr, nullptr);
  if (start <= address && address < end) return module;
  load();  // it may have been loaded since
  return dwfl_addrmodule(dwfl_, address);
}

std::vector<RawFrame> DebugInformation::frames(Dwarf_Addr address) {
  Dwfl_Module* module = module_of(address);
  if (module == nullptr) return {};
  Dwarf_Addr bias = 0;
  if (Dwarf_Die* unit = unit_of(module, address, bias); unit != nullptr)
    return frames_in(unit, indices_.try_emplace(unit->addr, *unit).first->second, address - bias);
  RawFrame frame;
  if (const char* symbol = dwfl_module_addrname(module, address); symbol != nullptr)
    frame.function = symbol;
  return {frame};
}

std::string DebugInformation::compiled_in(Dwarf_Addr address) {
  Dwfl_Module* module = dwfl_ == nullptr ? nullptr : dwfl_addrmodule(dwfl_, address);
  Dwarf_Addr bias = 0;
  Dwarf_Die* unit = module == nullptr ? nullptr : unit_of(module, address, bias);
  if (unit == nullptr) return {};
  Dwarf_Attribute attribute;
  const char* folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
  return folder == nullptr ? std::string{} : std::string{folder};
}

void DebugInformation::visit_units(Dwarf_Addr address,
                                   const std::function<bool(Dwarf_Die& unit)>& visit) {
  Dwfl_Module* first = module_of(address);
  Dwarf_Addr bias = 0;
  if (Dwarf_Die* unit = first == nullptr ? nullptr : unit_of(first, address, bias);
      unit != nullptr && visit(*unit))
    return;
  if (dwfl_ == nullptr) return;
  const auto visit_module = [](Dwfl_Module* module, void**, const char*, Dwarf_Addr,
                               void* argument) -> int {
    const auto& ask = *static_cast<const std::function<bool(Dwarf_Die&)>*>(argument);
    Dwarf_Addr offset = 0;
    Dwarf_Die* unit = nullptr;
    while ((unit = dwfl_module_nextcu(module, unit, &offset)) != nullptr)
      if (ask(*unit)) return DWARF_CB_ABORT;
    return DWARF_CB_OK;
  };
  dwfl_getmodules(dwfl_, visit_module, const_cast<std::function<bool(Dwarf_Die&)>*>(&visit), 0);
}

}  // namespace heddle::traces
