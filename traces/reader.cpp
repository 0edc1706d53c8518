// The reader: takes a file in pieces, line by line, and stops at the first line that is wrong. It
// trusts nothing: every number has a range, every length a limit (traces/format.hpp), and what it
// hands out is safe to configure a machine with.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <span>

#include <fmt/format.h>
#include <xxhash.h>

#include "sim/memory/arena.hpp"
#include "traces/format.hpp"
#include "traces/nearest.hpp"
#include "traces/token.hpp"

namespace heddle::traces {
namespace {

constexpr std::string_view magic = "heddle trace ";
constexpr std::string_view truncated = "the file is truncated; copy it again, or record it again";

template <class Number>
bool number_from(std::string_view text, Number& number, Number least, Number most, int base = 10) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && stop == end && number >= least && number <= most;
}

template <class Number>
bool number_from(std::string_view text, Number& number) {
  return number_from(text, number, std::numeric_limits<Number>::min(),
                     std::numeric_limits<Number>::max());
}

/// A few characters of a hostile line, safe to print.
std::string excerpt(std::string_view line) {
  constexpr std::size_t shown = 40;
  std::string text;
  for (const char c : line.substr(0, shown)) text += c >= ' ' && c < 0x7F ? c : '?';
  return '\'' + text + (line.size() > shown ? "…'" : "'");
}

/// Takes what comes before the next blank off the front.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

class LineReader {
 public:
  /// Takes a line without its end. @returns false if it is wrong; then error() says why.
  bool line(std::string_view text) {
    ++line_number_;
    if (text.ends_with('\r'))
      return fail("the line ends in a carriage return: the file was converted; restore it");
    if (line_number_ == 1) return magic_line(text) && add_to_sum(text);
    if (text.starts_with('#')) return true;
    if (finished_) return fail("something follows the checksum; remove it or restore the file");
    if (text.starts_with("checksum")) return checksum_line(text);
    if (!add_to_sum(text)) return false;
    return in_choices_ ? choice_line(text) : header_line(text);
  }

  /// No more lines come.
  bool finish(bool last_line_has_end) {
    if (line_number_ == 0 && last_line_has_end)
      return fail("the file is empty; a trace begins with 'heddle trace 1'");
    if (!last_line_has_end || !finished_) {
      ++line_number_;
      return fail(fmt::format("the checksum line is missing: {}", truncated));
    }
    return true;
  }

  bool fail(std::string reason) {
    error_ = std::move(reason);
    return false;
  }

  Trace take() { return std::move(trace_); }
  const std::string& error() const { return error_; }
  std::size_t line_number() const { return line_number_; }

 private:
  using Parse = bool (LineReader::*)(std::string_view rest);
  struct Field {
    std::string_view word;
    Parse parse;
    bool required;
    bool repeats;
  };
  static constexpr std::size_t field_count = 21;
  static const std::array<Field, field_count> fields;

  bool add_to_sum(std::string_view text) {
    XXH64_update(sum_.get(), text.data(), text.size());
    XXH64_update(sum_.get(), "\n", 1);
    return true;
  }

  bool magic_line(std::string_view text) {
    if (!text.starts_with(magic))
      return fail(
          fmt::format("{} is no trace: it would begin with 'heddle trace {}'; give a file "
                      "that heddle wrote",
                      excerpt(text), format_version));
    unsigned version = 0;
    if (!number_from(text.substr(magic.size()), version))
      return fail(fmt::format("the version {} is no number; restore the file",
                              excerpt(text.substr(magic.size()))));
    if (version != format_version)
      return fail(
          fmt::format("the file has format version {} and this heddle reads version {}; "
                      "read it with the heddle that wrote it",
                      version, format_version));
    return true;
  }

  bool header_line(std::string_view text) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].word != word) continue;
      if (++seen_[i] > (fields[i].repeats ? limits::repeated_lines_max : 1u))
        return fail(fmt::format("'{}' stands there too often; a trace has at most {}", word,
                                fields[i].repeats ? limits::repeated_lines_max : 1u));
      return (this->*fields[i].parse)(rest);
    }
    std::array<std::string_view, field_count> words;
    std::transform(fields.begin(), fields.end(), words.begin(),
                   [](const Field& field) { return field.word; });
    return fail(unknown(word, words, "a trace's header"));
  }

  static std::string unknown(std::string_view word, std::span<const std::string_view> words,
                             std::string_view where) {
    const std::string_view meant = nearest(word, words);
    return fmt::format("{} is no word of {}{}; restore the file", excerpt(word), where,
                       meant.empty() ? "" : fmt::format(", did you mean '{}'?", meant));
  }

  // ---- header -----------------------------------------------------------------------------------

  bool text_field(std::string_view rest, std::string& out) {
    return text_from(rest, out) || fail("a backslash begins no known escape; restore the file");
  }
  bool scenario(std::string_view rest) { return text_field(rest, trace_.scenario); }
  bool variant(std::string_view rest) { return text_field(rest, trace_.variant); }
  bool strategy(std::string_view rest) { return text_field(rest, trace_.strategy); }
  bool build(std::string_view rest) { return text_field(rest, trace_.build); }

  bool parameter(std::string_view rest) {
    Parameter& parameter = trace_.parameters.emplace_back();
    return (take_token(rest, parameter.name) ||
            fail("expected 'parameter NAME VALUE'; restore the file")) &&
           text_field(rest, parameter.value);
  }

  bool workload(std::string_view rest) {
    std::string text;
    if (!text_field(rest, text)) return false;
    if (has_workload_) trace_.workload += '\n';
    has_workload_ = true;
    trace_.workload += text;
    return true;
  }

  template <class Number>
  bool number_field(std::string_view rest, Number& number, Number least, Number most) {
    return number_from(rest, number, least, most) ||
           fail(fmt::format("{} is no number from {} to {}; restore the file", excerpt(rest), least,
                            most));
  }
  template <class Number>
  bool number_field(std::string_view rest, Number& number) {
    return number_field(rest, number, Number{0}, std::numeric_limits<Number>::max());
  }

  bool cpus(std::string_view rest) {
    return number_field(rest, trace_.machine.cpus, std::uint16_t{1}, sim::cpus_max);
  }
  bool hard_faults(std::string_view rest) {
    return number_field(rest, trace_.machine.allocation_faults.hard);
  }
  bool soft_faults(std::string_view rest) {
    return number_field(rest, trace_.machine.allocation_faults.soft);
  }
  bool steps_max(std::string_view rest) {
    return number_field(rest, trace_.machine.limits.steps_max, std::uint64_t{0},
                        sim::Limits::steps_most);
  }
  bool accesses_max(std::string_view rest) {
    return number_field(rest, trace_.machine.limits.accesses_between_steps_max);
  }
  bool execution(std::string_view rest) { return number_field(rest, trace_.execution); }

  bool preemption(std::string_view rest) {
    return preemption_from(rest, trace_.machine.preemption) ||
           fail(fmt::format("{} is none of full, voluntary and none; restore the file",
                            excerpt(rest)));
  }
  bool interleave(std::string_view rest) {
    return interleave_from(rest, trace_.machine.interleave) ||
           fail(fmt::format("{} is none of sync, racy and all; restore the file", excerpt(rest)));
  }

  bool relaxing(std::string_view rest) {
    return relaxing_from(rest, trace_.machine.relaxing) ||
           fail(fmt::format("{} is neither waits nor spins; restore the file", excerpt(rest)));
  }

  bool time(std::string_view rest) {
    return time_from(rest, trace_.machine.time) ||
           fail(fmt::format("{} is neither asynchronous nor clock; restore the file",
                            excerpt(rest)));
  }

  bool racy(std::string_view rest) {
    sim::RacyField& field = trace_.machine.racy.emplace_back();
    if (!take_token(rest, field.label))
      return fail("expected 'racy LABEL OFFSET SIZE'; restore the file");
    const std::string_view offset = take_word(rest);
    // No field lies or reaches beyond the memory that a context has.
    return number_field<std::uint64_t>(offset, field.offset, 0, sim::arena_layout::heap_bytes) &&
           number_field<std::uint32_t>(rest, field.size, 1, sim::arena_layout::heap_bytes);
  }

  bool seed(std::string_view rest) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return (rest.starts_with("0x") &&
            number_from(rest.substr(2), trace_.seed, std::uint64_t{0}, most, 16)) ||
           fail(fmt::format("{} is no seed such as 0x5eed; restore the file", excerpt(rest)));
  }

  bool finding(std::string_view rest) {
    Found& found = trace_.finding.emplace();
    const std::string_view kind = take_word(rest);
    if (!finding_kind_from(kind, found.kind))
      return fail(
          fmt::format("{} is no kind of finding that this heddle knows; read the file with "
                      "the heddle that wrote it",
                      excerpt(kind)));
    return (take_token(rest, found.fingerprint) && rest.empty()) ||
           fail("expected 'finding KIND FINGERPRINT'; restore the file");
  }

  bool message(std::string_view rest) {
    if (!trace_.finding) return fail("a message comes after its finding; restore the file");
    return text_field(rest, trace_.finding->message);
  }

  bool choices(std::string_view rest) {
    if (!number_field(rest, choice_count_, std::size_t{0}, limits::choices_max)) return false;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i].required && seen_[i] == 0)
        return fail(fmt::format("the header has no '{}'; restore the file", fields[i].word));
    in_choices_ = true;
    return true;
  }

  // ---- choices ----------------------------------------------------------------------------------

  bool choice_line(std::string_view text) {
    if (!text.starts_with("  ")) return run_line(text);
    text.remove_prefix(2);
    Choice choice;
    std::size_t times = 1;
    const std::string_view kind = take_word(text);
    const bool is_value = kind == "choose";
    if (is_value ? !value_choice(text, choice) : !schedule_choice(kind, text, choice)) return false;
    const std::string_view ways = take_word(text);
    if (!number_field<std::uint32_t>(ways, choice.arity, 2,
                                     std::numeric_limits<std::uint32_t>::max()))
      return false;
    if (is_value && choice.value >= choice.arity)
      return fail(
          fmt::format("way {} of {} does not exist; restore the file", choice.value, choice.arity));
    if (!text.empty() && (text.front() != 'x' ||
                          !number_from<std::size_t>(text.substr(1), times, 2, limits::choices_max)))
      return fail(fmt::format("{} is no repetition such as x7; restore the file", excerpt(text)));
    if (times > choice_count_ - trace_.choices.size())
      return fail(
          fmt::format("there are more than the {} choices that the header says; restore the "
                      "file",
                      choice_count_));
    names_bytes_ += times * (choice.context.size() + choice.object.size());
    if (names_bytes_ > limits::names_bytes_max)
      return fail("the names in it are too long; restore the file");
    trace_.choices.insert(trace_.choices.end(), times, choice);
    return true;
  }

  bool run_line(std::string_view text) {
    constexpr std::array<std::string_view, 2> words = {"run", "checksum"};
    const std::string_view word = take_word(text);
    if (word != "run") return fail(unknown(word, words, "a trace's choices"));
    has_run_ = take_token(text, running_) && text.empty();
    return has_run_ || fail("expected 'run CONTEXT'; restore the file");
  }

  bool value_choice(std::string_view& rest, Choice& choice) {
    const std::string_view reason = take_word(rest);
    if (!reason_from(reason, choice.reason) || choice.reason == sim::Reason::schedule)
      return fail(
          fmt::format("{} is no reason for a choice that this heddle knows; read the file "
                      "with the heddle that wrote it",
                      excerpt(reason)));
    const std::string_view way = take_word(rest);
    return number_field(way, choice.value) && take_of(rest);
  }

  bool schedule_choice(std::string_view kind, std::string_view& rest, Choice& choice) {
    if (!sim::event_kind_from(kind, choice.kind) || !sim::is_visible(choice.kind)) {
      std::array<std::string_view, static_cast<std::size_t>(sim::EventKind::last_visible) + 1>
          words;
      for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = sim::word(static_cast<sim::EventKind>(i));
      return fail(unknown(kind, words, "the visible operations"));
    }
    if (!has_run_) return fail("nobody runs yet: a 'run' line is missing; restore the file");
    choice.context = running_;
    if (!rest.starts_with("of ") && !take_token(rest, choice.object))
      return fail("expected 'OPERATION OBJECT of N'; restore the file");
    return take_of(rest);
  }

  bool take_of(std::string_view& rest) {
    return take_word(rest) == "of" || fail("expected 'of' and a number of ways; restore the file");
  }

  // ---- end --------------------------------------------------------------------------------------

  bool checksum_line(std::string_view text) {
    take_word(text);
    const std::string computed = fmt::format("{:016x}", XXH64_digest(sum_.get()));
    if (text.size() != computed.size())
      return fail(fmt::format("the checksum is incomplete: {}", truncated));
    if (text != computed)
      return fail(
          fmt::format("the checksum is {} and the lines above give {}: the file was edited "
                      "or damaged; restore it, or record the trace again",
                      excerpt(text), computed));
    if (!in_choices_) return fail("the header has no 'choices'; restore the file");
    if (trace_.choices.size() != choice_count_)
      return fail(fmt::format("there are {} choices and the header says {}; restore the file",
                              trace_.choices.size(), choice_count_));
    finished_ = true;
    return true;
  }

  static XXH64_state_t* new_sum() {
    XXH64_state_t* state = XXH64_createState();
    HEDDLE_CHECK(state != nullptr && XXH64_reset(state, 0) == XXH_OK, "there is memory for a sum");
    return state;
  }

  Trace trace_;
  std::string error_;
  std::size_t line_number_ = 0;
  std::array<std::size_t, field_count> seen_{};  // by field
  std::size_t choice_count_ = 0;
  std::size_t names_bytes_ = 0;  // of the choices so far
  std::string running_;
  bool has_run_ = false;
  bool has_workload_ = false;
  bool in_choices_ = false;
  bool finished_ = false;
  std::unique_ptr<XXH64_state_t, XXH_errorcode (*)(XXH64_state_t*)> sum_{new_sum(),
                                                                         &XXH64_freeState};
};

const std::array<LineReader::Field, LineReader::field_count> LineReader::fields = {{
    {"scenario", &LineReader::scenario, true, false},
    {"variant", &LineReader::variant, false, false},
    {"parameter", &LineReader::parameter, false, true},
    {"workload", &LineReader::workload, false, true},
    {"cpus", &LineReader::cpus, true, false},
    {"preemption", &LineReader::preemption, true, false},
    {"interleave", &LineReader::interleave, true, false},
    {"relaxing", &LineReader::relaxing, false, false},
    {"time", &LineReader::time, false, false},
    {"hard-allocation-faults", &LineReader::hard_faults, true, false},
    {"soft-allocation-faults", &LineReader::soft_faults, true, false},
    {"steps-max", &LineReader::steps_max, true, false},
    {"accesses-between-steps-max", &LineReader::accesses_max, true, false},
    {"racy", &LineReader::racy, false, true},
    {"strategy", &LineReader::strategy, false, false},
    {"seed", &LineReader::seed, true, false},
    {"execution", &LineReader::execution, true, false},
    {"build", &LineReader::build, false, false},
    {"finding", &LineReader::finding, false, false},
    {"message", &LineReader::message, false, false},
    {"choices", &LineReader::choices, true, false},
}};

/// Cuts what it is fed into lines.
class Splitter {
 public:
  /// @returns false when something is wrong, and nothing more is needed.
  bool feed(std::string_view piece) {
    bytes_ += piece.size();
    if (bytes_ > limits::file_bytes_max)
      return reader_.fail(fmt::format("the file is larger than {} MiB, which no trace is",
                                      limits::file_bytes_max >> 20));
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      const std::string_view part = piece.substr(0, end);
      if (pending_.size() + part.size() > limits::line_bytes_max) return too_long(part);
      pending_ += part;
      if (end == std::string_view::npos) break;
      if (!reader_.line(pending_)) return false;
      pending_.clear();
      piece.remove_prefix(end + 1);
    }
    return true;
  }

  bool finish() { return reader_.finish(pending_.empty()); }

  Trace take() { return reader_.take(); }
  Error error(std::string_view name) const {
    return {fmt::format("{}:{}: {}", name, reader_.line_number(), reader_.error())};
  }

 private:
  /// A file of another kind is told so, even if it has no lines.
  bool too_long(std::string_view part) {
    const std::string line = pending_ + std::string(part.substr(0, magic.size()));
    if (!reader_.line(line)) return false;
    return reader_.fail(fmt::format("the line is longer than {} KiB, which none of a trace is",
                                    limits::line_bytes_max >> 10));
  }

  LineReader reader_;
  std::string pending_;  // the beginning of a line that is not complete yet
  std::size_t bytes_ = 0;
};

}  // namespace

Result<Trace> from_text(std::string_view text, std::string_view name) {
  Splitter splitter;
  if (!splitter.feed(text) || !splitter.finish()) return splitter.error(name);
  return splitter.take();
}

Result<Trace> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr)
    return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  Splitter splitter;
  std::array<char, std::size_t{64} << 10> piece;
  std::size_t size = 0;
  while ((size = std::fread(piece.data(), 1, piece.size(), file.get())) != 0)
    if (!splitter.feed({piece.data(), size})) return splitter.error(path);
  if (std::ferror(file.get()) != 0)
    return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  if (!splitter.finish()) return splitter.error(path);
  return splitter.take();
}

}  // namespace heddle::traces
