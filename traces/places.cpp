// Debug information by elfutils: libdwfl finds the module of an address, libdw its DIEs. The chain
// of inlined frames is walked by hand, as dwarf_getscopes follows abstract origins instead of
// callers; and compilation units are searched where .debug_aranges is missing (clang writes none).
#include "traces/places.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include "traces/function_name.hpp"

namespace heddle::traces {
namespace {

/// A function that an address is in. Inlined ones come before those that they are inlined in.
struct RawFrame {
  std::string function;
  std::string file;  // as in the debug information, until it is made relative
  std::uint32_t line = 0;
  bool artificial = false;  // [[gnu::artificial]]: stands for its caller
};

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

/// Collects the functions below `parent` that hold `pc`, outermost first. A function inside another
/// one, such as the body of a lambda, has code of its own, wherever the outer one's is.
void collect_functions(Dwarf_Die* parent, Dwarf_Addr pc, std::vector<Dwarf_Die>& found) {
  Dwarf_Die child;
  if (dwarf_child(parent, &child) != 0) return;
  do {
    const int tag = dwarf_tag(&child);
    const bool is_function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
    const bool is_scope = is_type(tag) || tag == DW_TAG_namespace;
    if (!is_function && !is_scope && tag != DW_TAG_lexical_block) continue;
    const bool holds_pc = !is_scope && dwarf_haspc(&child, pc) > 0;
    if (tag == DW_TAG_inlined_subroutine && !holds_pc) continue;
    if (is_function && holds_pc) found.push_back(child);
    const std::size_t known = found.size();
    collect_functions(&child, pc, found);
    if (holds_pc || found.size() != known) return;
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::vector<RawFrame> frames_in(Dwarf_Die* unit, Dwarf_Addr pc) {
  std::vector<Dwarf_Die> functions;
  collect_functions(unit, pc, functions);
  RawFrame here;
  if (Dwarf_Line* line = dwarf_getsrc_die(unit, pc); line != nullptr) {
    int number_of_line = 0;
    if (dwarf_lineno(line, &number_of_line) == 0)
      here.line = static_cast<std::uint32_t>(number_of_line);
    if (const char* file = dwarf_linesrc(line, nullptr, nullptr); file != nullptr) here.file = file;
  }
  std::vector<RawFrame> frames;
  for (std::size_t i = functions.size(); i-- != 0;) {
    here.function = function_name(functions[i], *unit);
    here.artificial = is_artificial(functions[i], here.function);
    frames.push_back(here);
    if (dwarf_tag(&functions[i]) != DW_TAG_inlined_subroutine) break;
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

class DebugInformation {
 public:
  DebugInformation() : dwfl_(dwfl_begin(&callbacks)) { load(); }
  ~DebugInformation() { dwfl_end(dwfl_); }
  DebugInformation(const DebugInformation&) = delete;
  DebugInformation& operator=(const DebugInformation&) = delete;

  /// Innermost first; empty if the address is in no file.
  std::vector<RawFrame> frames(Dwarf_Addr address) {
    if (dwfl_ == nullptr) return {};
    Dwfl_Module* module = dwfl_addrmodule(dwfl_, address);
    if (module == nullptr) {  // loaded since
      load();
      module = dwfl_addrmodule(dwfl_, address);
    }
    if (module == nullptr) return {};
    Dwarf_Addr bias = 0;
    if (Dwarf_Die* unit = unit_of(module, address, bias); unit != nullptr)
      return frames_in(unit, address - bias);
    RawFrame frame;
    if (const char* symbol = dwfl_module_addrname(module, address); symbol != nullptr)
      frame.function = symbol;
    return {frame};
  }

  /// Where the compiler ran that made the code; "" if unknown.
  std::string compiled_in(Dwarf_Addr address) {
    Dwfl_Module* module = dwfl_ == nullptr ? nullptr : dwfl_addrmodule(dwfl_, address);
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = module == nullptr ? nullptr : unit_of(module, address, bias);
    if (unit == nullptr) return {};
    Dwarf_Attribute attribute;
    const char* folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    return folder == nullptr ? std::string{} : std::string{folder};
  }

 private:
  void load() {
    if (dwfl_ == nullptr) return;
    dwfl_report_begin(dwfl_);
    dwfl_linux_proc_report(dwfl_, getpid());
    dwfl_report_end(dwfl_, nullptr, nullptr);
  }

  static Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr& bias) {
    if (Dwarf_Die* unit = dwfl_module_addrdie(module, address, &bias); unit != nullptr) return unit;
    Dwarf_Die* unit = nullptr;
    while ((unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr)
      if (dwarf_haspc(unit, address - bias) > 0) return unit;
    return nullptr;
  }

  static constexpr Dwfl_Callbacks callbacks = {&dwfl_linux_proc_find_elf, &no_separate_file,
                                               nullptr, nullptr};
  Dwfl* dwfl_;
};

bool is_system_header(std::string_view file) {
  return file.starts_with("/usr/") || file.find("/include/c++/") != std::string_view::npos;
}

/// "a/./b/../c" as "a/c".
std::string normalised(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part == "." || part.empty()) continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else
      parts.push_back(part);
  }
  std::string result;
  for (const std::string_view part : parts) {
    if (!result.empty() || path.starts_with('/')) result += '/';
    result += part;
  }
  return result;
}

class Places {
 public:
  struct Known {
    SourcePlace shown;
    std::vector<SourcePlace> frames;  // of the code under test
  };

  const Known& find(sim::Place place) {
    const auto [entry, is_new] = known_.try_emplace(place.pc);
    if (is_new) entry->second = resolve(place);
    return entry->second;
  }

  void set_root(std::string root) {
    while (root.ends_with('/')) root.pop_back();
    given_root_ = normalised(root) + '/';
    known_.clear();
    texts_.clear();
  }

  /// The lines of a file; empty if it cannot be read.
  const std::vector<std::string>& text(const std::string& file) {
    constexpr std::size_t line_bytes_max = 200;
    const auto [entry, is_new] = texts_.try_emplace(file);
    if (!is_new) return entry->second;
    if (root_.empty()) find_root();
    std::ifstream stream(path_of(file));
    for (std::string line; std::getline(stream, line);) {
      if (line.size() > line_bytes_max) line.resize(line_bytes_max);
      entry->second.push_back(line);
    }
    return entry->second;
  }

 private:
  Known resolve(sim::Place place) {
    if (place.pc == 0) return {};
    if (root_.empty()) find_root();
    // A return address may already belong to what follows the call.
    std::vector<RawFrame> frames = information_.frames(place.pc - 1);
    if (frames.empty()) return {};
    Known known;
    for (RawFrame& frame : frames) {
      const bool is_engine = is_of_engine(normalised(frame.file));
      frame.file = relative(frame.file);
      if (frame.function.empty() || frame.file.empty() || frame.artificial || is_engine ||
          is_system_header(frame.file))
        continue;
      known.frames.push_back({frame.function, frame.file, frame.line});
    }
    const RawFrame& innermost = frames.front();
    known.shown = known.frames.empty()
                      ? SourcePlace{innermost.function, innermost.file, innermost.line}
                      : known.frames.front();
    return known;
  }

  /// heddle's own source folder: what comes before this file's name in the debug information.
  void find_root() {
    constexpr std::string_view own = "/traces/places.cpp";
    root_ = "/";
    const auto here = reinterpret_cast<Dwarf_Addr>(&set_source_root);
    for (const RawFrame& frame : information_.frames(here)) {
      const std::string file = normalised(frame.file);
      if (file.ends_with(own)) root_ = file.substr(0, file.size() - own.size() + 1);
    }
  }

  /// The root may itself be relative, to where the compiler ran.
  std::string path_of(const std::string& file) {
    if (file.starts_with('/')) return file;
    if (!given_root_.empty() && std::ifstream(given_root_ + file).good()) return given_root_ + file;
    if (root_.starts_with('/')) return root_ + file;
    const auto here = reinterpret_cast<Dwarf_Addr>(&set_source_root);
    return information_.compiled_in(here) + '/' + root_ + file;
  }

  bool is_below(std::string_view path, const std::string& root) const {
    return root.size() > 1 && path.starts_with(root);
  }

  /// In sim/, be it the source folder's or that of the installed headers.
  bool is_of_engine(std::string_view path) const {
    if (is_below(path, root_) && path.substr(root_.size()).starts_with("sim/")) return true;
    return path.find("/include/heddle/sim/") != std::string_view::npos;
  }

  std::string relative(std::string_view file) const {
    std::string path = normalised(file);
    const bool within = given_root_.size() > root_.size() || !is_below(path, root_);
    if (within && is_below(path, given_root_))
      path.erase(0, given_root_.size());
    else if (is_below(path, root_))
      path.erase(0, root_.size());
    return path;
  }

  DebugInformation information_;
  std::string root_;        // heddle's own
  std::string given_root_;  // of the project whose code it is; "" if nobody has said
  std::map<std::uintptr_t, Known> known_;
  std::map<std::string, std::vector<std::string>> texts_;  // by file
};

Places& places() {
  static Places instance;
  return instance;
}

}  // namespace

const SourcePlace& source_of(sim::Place place) { return places().find(place).shown; }

const std::vector<SourcePlace>& frames_of(sim::Place place) { return places().find(place).frames; }

std::vector<std::string> source_lines(const std::string& file, std::uint32_t first,
                                      std::uint32_t last) {
  const std::vector<std::string>& text = places().text(file);
  std::vector<std::string> lines;
  for (std::size_t line = std::max<std::uint32_t>(first, 1); line <= last; ++line)
    if (line <= text.size()) lines.push_back(text[line - 1]);
  return lines;
}

void set_source_root(std::string root) { places().set_root(std::move(root)); }

std::string function_text(sim::Place place) {
  const SourcePlace& source = source_of(place);
  return source.function.empty() ? "an unknown function" : source.function;
}

std::string place_text(sim::Place place) {
  const SourcePlace& source = source_of(place);
  if (source.file.empty()) return source.function.empty() ? "an unknown place" : source.function;
  std::string text = source.file;
  if (source.line != 0) text += ':' + std::to_string(source.line);
  if (!source.function.empty()) text += " (" + source.function + ')';
  return text;
}

}  // namespace heddle::traces
