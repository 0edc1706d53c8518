// Where commands write: results to stdout, progress to stderr, files all at once or not at all.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/explore/campaign.hpp"

namespace heddle::cli {

/// Keeps members in the order in which they are written.
using Json = nlohmann::ordered_json;

/// Writes to stderr. Where that takes nothing there is nobody to be told.
void put_on_stderr(std::string_view text);

/// Is the stream a terminal that understands cursor movement (TERM is neither unset nor "dumb")?
bool is_live_terminal(std::FILE* stream);
/// NO_COLOR and CLICOLOR_FORCE are honoured; otherwise terminals get colour.
bool wants_colour(std::FILE* stream);
/// How wide text for people may get: COLUMNS, or the terminal's width, at most 120; 100 if unknown.
std::size_t text_columns();

/// What a command found out, for people. It goes to stdout, or to stderr when stdout carries JSON.
class Results {
 public:
  /// @param json  the value of --json: empty, a path, or "-" for stdout.
  explicit Results(std::string json = "");
  /// @param stdout_taken  stdout carries something else.
  explicit Results(bool stdout_taken);

  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    put(fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  /// Written through at once, so that results show up as they come.
  /// @throws InputError if it cannot be written.
  void put(std::string_view text);

  /// From now on put() adds what it writes to `copy` as well; nullptr: no more.
  void tee(std::string* copy) { copy_ = copy; }

  enum class Tone { good, bad, unsure };
  /// The word, coloured if the stream wants colour; the word alone says everything.
  std::string toned(Tone tone, std::string_view word) const;

  /// "DATA_RACE  adder writes …", the kind coloured: what is said of every finding first. Lines
  /// after the first are indented by `indent`; the first begins there.
  std::string headline(const sim::Report& report, std::size_t indent) const;

  /// Writes the document where --json says; nothing without --json.
  /// @throws InputError if it cannot be written.
  void finish(const Json& document);

 private:
  std::string json_;
  std::FILE* stream_;
  bool colour_;
  std::string* copy_ = nullptr;
};

/// The text without what toned() adds for colour.
std::string without_colour(std::string_view text);

/// Writes the whole file under a temporary name beside it, then renames it, so that a reader sees
/// the old file or the new one. Missing folders are created. @throws InputError.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Could write_file() write here? Asked before work is spent on what could not be kept.
/// @throws InputError naming the option, if not.
void check_writable_file(std::string_view option, const std::filesystem::path& path);
void check_writable_folder(std::string_view option, const std::filesystem::path& path);

/// One sentence on stderr, beginning with "heddle: ".
void complain(std::string_view sentence);

}  // namespace heddle::cli
