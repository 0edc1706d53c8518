#include "traces/places.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "traces/debug_information.hpp"

namespace heddle::traces {
namespace {

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
    root_.assign(1, '/');  // not of a text: g++ 12 sees an overlap there
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

  DebugInformation& information_ = DebugInformation::get();
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
