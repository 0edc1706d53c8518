#include "scenarios/cli/resumption.hpp"

#include <charconv>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/input_file.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/version.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::cli {
namespace {

constexpr int format_version = 1;

std::uint64_t checksum(const std::vector<std::string>& heading, std::string_view bytes) {
  std::uint64_t sum = bytes.size();
  const auto add = [&](std::string_view part) {
    for (const char byte : part) sum = sim::mix(sum, static_cast<unsigned char>(byte));
  };
  for (const std::string& line : heading) add(line);
  add(bytes);
  return sum;
}

std::string_view word_of(std::string_view line) { return line.substr(0, line.find(' ')); }
std::string_view rest_of(std::string_view line) {
  const std::size_t blank = line.find(' ');
  return blank == line.npos ? "" : line.substr(blank + 1);
}

/// Takes the first line off. @returns "" if there is none that ends.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return "";
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::string read_whole(const std::string& path) {
  InputFile file = read_file(path);
  if (!file.problem.empty())
    throw InputError(fmt::format("--resume: cannot read '{}': {}", path, file.problem));
  return std::move(file.text);
}

}  // namespace

Resumption::Resumption(std::string path, std::string noun, const std::vector<std::string>& facts,
                       const std::vector<std::string>& campaigns)
    : path_(std::move(path)), noun_(std::move(noun)), checkpoints_(campaigns.size()) {
  if (!is_wanted()) return;
  heading_ = {fmt::format("heddle-{} {}", noun_, format_version),
              fmt::format("build {:016x}", build_identity())};
  heading_.insert(heading_.end(), facts.begin(), facts.end());
  for (const std::string& campaign : campaigns) heading_.push_back("scenario " + campaign);
  std::error_code error;
  is_kept_ = std::filesystem::exists(path_, error);
  if (is_kept_)
    read(read_whole(path_));
  else
    check_writable_file("--resume", path_);
}

std::string Resumption::difference(std::string_view found, std::string_view expected) const {
  const std::string_view what = word_of(found);
  const bool is_first = expected == heading_.front();
  if (is_first && what == word_of(expected))
    return fmt::format("has format {}, and this heddle knows format {}", printable(rest_of(found)),
                       format_version);
  if (is_first) return fmt::format("is no state of a {}", noun_);
  if (what == "build" && what == word_of(expected))
    return fmt::format(
        "was written by another build of heddle; only the one that began a {} goes on with it",
        noun_ == "run" ? "run" : "search");
  if (what.starts_with("--") && what == word_of(expected))
    return fmt::format("is of a {} with {}, not {}", noun_, printable(found), expected);
  if (what == "scenario" && what == word_of(expected))
    return fmt::format("is of another selection: it has {} where {} is selected now",
                       printable(rest_of(found)), rest_of(expected));
  if (what == "scenario") return "is of a selection with more scenarios";
  if (what == "state" && word_of(expected) == "scenario")
    return "is of a selection with fewer scenarios";
  return "is damaged";
}

void Resumption::read(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    throw InputError(fmt::format(
        "--resume: '{}' {}; to begin anew, give another file or remove this one", path_, why));
  };
  if (text.empty()) refuse(fmt::format("is empty, so no state of a {}", noun_));
  for (const std::string& expected : heading_) {
    const std::string_view found = take_line(text);
    if (found.empty())
      refuse(&expected == heading_.data() ? fmt::format("is no state of a {}", noun_)
                                          : "is truncated");
    if (found != expected) refuse(difference(found, expected));
  }
  const std::string_view line = take_line(text);
  if (line.empty()) refuse("is truncated");
  if (word_of(line) != "state") refuse(difference(line, "state"));
  const std::string_view size = word_of(rest_of(line));
  if (std::to_string(text.size()) != size) {
    std::uint64_t bytes = 0;
    const auto parsed = std::from_chars(size.data(), size.data() + size.size(), bytes);
    refuse(parsed.ec == std::errc() && text.size() < bytes ? "is truncated" : "is damaged");
  }
  if (fmt::format("{:016x}", checksum(heading_, text)) != rest_of(rest_of(line)))
    refuse("is damaged: its checksum does not fit");
  sim::wire::Reader reader(sim::wire::Type::bytes, text);
  for (std::string& checkpoint : checkpoints_) checkpoint = reader.text();
  if (!reader.ok()) refuse("is damaged");
}

void Resumption::keep(std::size_t campaign, std::string_view checkpoint) {
  if (!is_wanted()) return;
  checkpoints_[campaign] = checkpoint;
  sim::wire::Writer state(sim::wire::Type::bytes);
  for (const std::string& each : checkpoints_) state.text(each);
  std::string text;
  for (const std::string& line : heading_) text += line + '\n';
  text += fmt::format("state {} {:016x}\n", state.payload().size(),
                      checksum(heading_, state.payload()));
  text += state.payload();
  write_file(path_, text);
  is_kept_ = true;
}

void Resumption::remove() {
  std::error_code error;
  if (is_wanted()) std::filesystem::remove(path_, error);
}

}  // namespace heddle::cli
