// The page: header, columns, rows, cause. What the rows say comes from lane_rows.cpp.
#include "traces/lanes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "traces/columns.hpp"
#include "traces/lane_rows.hpp"

namespace heddle::traces {
namespace {

using Mark = LaneRow::Mark;

constexpr std::size_t step_width = 6;  // "  12  "
constexpr std::size_t cell_most = 46;
constexpr std::size_t cell_least = 24;  // narrower columns become a table
constexpr std::size_t why_least = 20;
constexpr std::size_t table_cpu_least = 6;
constexpr std::size_t host_most = 9;     // columns of a host's name in a table
constexpr std::size_t merged_name = 8;   // longer names have a row of their own,
constexpr std::size_t merged_cell = 36;  // as have all in narrow lanes

struct Glyphs {
  std::string_view starts, resumes, runs, ends, enters, handles, leaves, spins;
  std::string_view rule, wrong, folded, cut, bullet, outside;
  std::array<std::string_view, sim::Finding::actors_max + 1> numbers;
};
constexpr Glyphs drawn = {"┏", "┣", "┃", "┗",  "╠",
                          "║", "╚", "░", "─",  "✗",
                          "⋮", "…", "·", "══", {"", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧"}};
constexpr Glyphs ascii = {
    ",", "+", "|", "'",  "#",
    "H", "#", ":", "-",  "X",
    ":", "~", "-", "==", {"", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"}};

/// Is the detail of such findings what should hold?
bool is_expectation(sim::FindingKind kind) {
  return kind == sim::FindingKind::invariant || kind == sim::FindingKind::liveness;
}

class Page {
 public:
  Page(const Trace& trace, const Recording& recording, const LaneOptions& options)
      : trace_(trace),
        recording_(recording),
        options_(options),
        glyphs_(options.ascii ? ascii : drawn),
        fit_{options.ascii, glyphs_.cut, glyphs_.rule},
        columns_(std::max<std::size_t>(options.columns, 60)),
        finding_(shown_finding(trace, recording)),
        content_(lane_rows(recording, finding_, options.rows_max, options.whole_at)) {
    arrange();
  }

  std::string render() {
    header();
    line("");
    column_heads();
    rule();
    for (const LaneRow& row : content_.rows) is_table_ ? table_row(row) : lane_row(row);
    rule();
    cause();
    return std::move(page_);
  }

 private:
  void arrange() {
    std::size_t longest_name = 0;
    for (const LaneRow& row : content_.rows) {
      last_number_ = std::max(last_number_, row.number);
      if (row.folded == 0) longest_name = std::max(longest_name, width(name(row)));
      if (is_outside(row)) continue;
      if (std::find(cpus_.begin(), cpus_.end(), row.cpu) == cpus_.end()) cpus_.push_back(row.cpu);
      const std::string& host = recording_.contexts[row.context.value].host;
      hosts_[row.cpu] = host;
      const std::size_t cpu =
          std::max(table_cpu_least, fmt::formatted_size("cpu{} ", row.cpu.value));
      const std::size_t before = host.empty() ? 0 : std::min(width(host), host_most) + 1;
      has_hosts_ = has_hosts_ || !host.empty();
      table_cpu_ = std::max(table_cpu_, before + cpu);
    }
    std::sort(cpus_.begin(), cpus_.end());
    const std::size_t count = std::max<std::size_t>(cpus_.size(), 1);
    const std::size_t why = std::max(why_least, columns_ / 4 + 2);
    cell_ = std::min(cell_most, (columns_ - step_width - why) / count);
    if (cell_ < cell_least) cell_ = (columns_ - step_width - why_least) / count;
    is_table_ = options_.table || cell_ < cell_least;
    table_context_ = std::clamp<std::size_t>(longest_name + 2, 9, 16);
    name_width_ = longest_name <= merged_name && cell_ >= merged_cell ? longest_name + 2 : 0;
  }

  bool is_outside(const LaneRow& row) const {
    return recording_.contexts[row.context.value].is_outside;
  }

  const std::string& name(const LaneRow& row) const {
    return recording_.contexts[row.context.value].name;
  }

  // ---- text -------------------------------------------------------------------------------------

  void line(std::string text) { page_ += line_of(std::move(text)); }

  std::string clipped(std::string_view text, std::size_t columns) const {
    return traces::clipped(text, columns, fit_);
  }
  std::string shortened(std::string_view text, std::size_t columns) const {
    return traces::shortened(text, columns, fit_);
  }
  void wrapped(std::string first, std::string_view text, std::size_t indent) {
    page_ += traces::wrapped(std::move(first), text, columns_, indent, fit_);
  }
  void rule() { page_ += line_of(traces::rule(columns_, fit_)); }

  // ---- header -----------------------------------------------------------------------------------

  void header() {
    std::string title = trace_.scenario;
    if (!trace_.variant.empty()) title += fmt::format(" ({})", trace_.variant);
    wrapped("", title + "  " + finding_title(finding_), 2);
    const auto counted = [](std::uint64_t n, std::string_view noun) {
      return fmt::format("{} {}{}", n, noun, n == 1 ? "" : noun.ends_with('h') ? "es" : "s");
    };
    std::string run = fmt::format("execution {}   ", trace_.execution);
    if (!trace_.strategy.empty()) run += trace_.strategy + "   ";
    run += fmt::format("seed {:#x}   {}, {}, {}, {}", trace_.seed,
                       counted(recording_.steps, "step"), counted(recording_.switches, "switch"),
                       counted(recording_.preemptions, "preemption"),
                       counted(recording_.interrupts, "interrupt"));
    if (recording_.faults != 0) run += ", " + counted(recording_.faults, "fault");
    wrapped("", run, 2);
  }

  /// A line of its own for hosts, each above its first CPU.
  void host_heads() {
    std::string text(step_width, ' ');
    const std::string* last = nullptr;
    for (const sim::Cpu cpu : cpus_) {
      const std::string& host = hosts_.at(cpu);
      const bool is_new = last == nullptr || *last != host;
      text += padded(is_new ? clipped(host, cell_ - 2) : "", cell_);
      last = &host;
    }
    line(std::move(text));
  }

  void column_heads() {
    if (has_hosts_ && !is_table_) host_heads();
    std::string text = padded("step", step_width);
    if (is_table_) {
      text += padded(has_hosts_ ? "host, cpu" : "cpu", table_cpu_) +
              padded("context", table_context_) + padded("what", table_what());
    } else {
      for (const sim::Cpu cpu : cpus_) text += padded(fmt::format("cpu{}", cpu.value), cell_);
    }
    line(text + "why, or where");
  }

  // ---- rows -------------------------------------------------------------------------------------

  std::string_view mark_glyph(Mark mark) const {
    switch (mark) {
      case Mark::starts:
        return glyphs_.starts;
      case Mark::resumes:
        return glyphs_.resumes;
      case Mark::goes_on:
        return glyphs_.runs;
      case Mark::ends:
        return glyphs_.ends;
      case Mark::enters:
        return glyphs_.enters;
      case Mark::handles:
        return glyphs_.handles;
      case Mark::leaves:
        return glyphs_.leaves;
    }
    return glyphs_.runs;
  }

  std::string_view look_glyph(CpuLook look) const {
    switch (look) {
      case CpuLook::idle:
        return " ";
      case CpuLook::runs:
        return glyphs_.runs;
      case CpuLook::spins:
        return glyphs_.spins;
      case CpuLook::handles:
        return glyphs_.handles;
    }
    return " ";
  }

  static bool names_context(const LaneRow& row) {
    return row.folded == 0 && (row.mark == Mark::starts || row.mark == Mark::resumes ||
                               row.mark == Mark::enters || row.mark == Mark::leaves);
  }

  std::string step_text(const LaneRow& row) const {
    if (row.folded != 0) return padded(fmt::format("   {}", glyphs_.folded), step_width);
    return padded(fmt::format("{:>4}", row.step), step_width);
  }

  /// Text to the left, value and number to the right, in `columns`.
  std::string spread(const LaneRow& row, std::string_view text, std::size_t columns) const {
    std::string right = shortened(row.value, columns / 2);
    if (row.number != 0) {
      if (!right.empty()) right += ' ';
      right += glyphs_.numbers[row.number];
    }
    if (right.empty()) return shortened(text, columns);
    // A row without a number leaves room for one, so that values stand below each other.
    const std::size_t number_width = width(glyphs_.numbers[1]) + 1;
    if (row.number == 0) right.append(number_width, ' ');
    const std::size_t room = columns - std::min(columns, width(right) + 1);
    return padded(shortened(text, room), room + 1) + right;
  }

  /// What stands in the last column, as far as it fits: why this came, that it is wrong, and where
  /// it stands in the source.
  std::string why_text(const LaneRow& row, std::size_t columns) const {
    std::string text = row.why;
    const auto append = [&](const std::string& part) {
      std::string both = text.empty() ? part : fmt::format("{}  {}", text, part);
      if (width(both) > columns || part.empty()) return false;
      text = std::move(both);
      return true;
    };
    if (row.number != 0 && row.number == last_number_ &&
        !append(fmt::format("{} {}", glyphs_.wrong, kind_text())))
      append(std::string(glyphs_.wrong));
    const std::string file(row.place.substr(row.place.rfind('/') + 1));
    if (row.folded == 0 && !append(row.place) && !append(file) && text.empty()) text = file;
    return clipped(text, columns);
  }

  std::string kind_text() const {
    std::string text(word(finding_->finding.kind));
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
  }

  /// A line of the lanes with `inside` in the row's own column.
  void lane_line(const LaneRow& row, const std::string& step, std::string_view inside,
                 std::string_view why) {
    std::string text = step;
    for (const sim::Cpu cpu : cpus_) {
      if (cpu == row.cpu)
        text += padded(std::string(inside), cell_);
      else
        text += padded(
            std::string(cpu.value < row.looks.size() ? look_glyph(row.looks[cpu.value]) : " "),
            cell_);
    }
    line(text + std::string(why));
  }

  void lane_row(const LaneRow& row) {
    if (is_outside(row)) return outside_row(row);
    const std::size_t room = cell_ - 4;  // glyph, blank, and two blanks to the next column
    const std::size_t why_room = columns_ - step_width - cell_ * cpus_.size();
    const std::string glyph = fmt::format("{} ", mark_glyph(row.mark));
    if (row.folded != 0) {
      lane_line(row, step_text(row), fmt::format("{} ", glyphs_.folded) + clipped(row.text, room),
                "");
      return;
    }
    const std::string indent(name_width_, ' ');
    const bool has_both = !row.why_switched.empty() && !(row.why.empty() && row.number == 0);
    const bool is_merged = name_width_ != 0 && !has_both && !row.text.empty();
    if (!names_context(row)) {
      lane_line(row, step_text(row), glyph + indent + spread(row, row.text, room - name_width_),
                why_text(row, why_room));
    } else if (is_merged) {
      lane_line(
          row, step_text(row),
          glyph + padded(name(row), name_width_) + spread(row, row.text, room - name_width_),
          row.why_switched.empty() ? why_text(row, why_room) : clipped(row.why_switched, why_room));
    } else {
      named_row(row, glyph, indent, room, why_room);
    }
  }

  /// What is on no CPU goes across all of them.
  void outside_row(const LaneRow& row) {
    const std::size_t lanes = cell_ * cpus_.size();
    const std::size_t glyph = width(glyphs_.outside) + 1;
    if (row.folded != 0) {
      line(step_text(row) + std::string(glyph, ' ') + clipped(row.text, lanes - glyph));
      return;
    }
    line(step_text(row) + fmt::format("{} ", glyphs_.outside) +
         padded(spread(row, outside_text(row), lanes - glyph - 2), lanes - glyph) +
         why_text(row, columns_ - step_width - lanes));
  }

  /// A crash or a boot tells of itself whom it strikes.
  std::string outside_text(const LaneRow& row) const {
    const sim::EventKind kind =
        row.event ? recording_.events[*row.event].event.kind : sim::EventKind::count_;
    if (kind == sim::EventKind::crash || kind == sim::EventKind::boot) return row.text;
    return fmt::format("{}: {}", name(row), row.text);
  }

  /// The context's name on a line of its own, then what it does.
  void named_row(const LaneRow& row, const std::string& glyph, const std::string& indent,
                 std::size_t room, std::size_t why_room) {
    const std::string name_line = name(row) + (row.mark == Mark::leaves ? " exits" : "");
    const bool is_alone = row.text.empty();
    lane_line(row, is_alone ? step_text(row) : std::string(step_width, ' '),
              glyph + clipped(name_line, room), clipped(row.why_switched, why_room));
    if (is_alone) return;
    const std::string_view below = row.mark == Mark::enters ? glyphs_.handles : glyphs_.runs;
    lane_line(row, step_text(row),
              fmt::format("{} {}{}", below, indent, spread(row, row.text, room - name_width_)),
              why_text(row, why_room));
  }

  std::size_t table_why() const { return std::clamp<std::size_t>(columns_ / 3 - 3, 18, 30); }
  std::size_t table_what() const {
    return columns_ - step_width - table_cpu_ - table_context_ - table_why();
  }

  void table_row(const LaneRow& row) {
    std::string text = step_text(row);
    if (row.folded != 0) {
      line(text + clipped(row.text, columns_ - step_width));
      return;
    }
    text += padded(table_place(row), table_cpu_);
    text += padded(short_name(row, table_context_ - 2), table_context_);
    const std::string operation = !row.text.empty()          ? row.text
                                  : row.mark == Mark::enters ? "interrupt"
                                                             : "exits";
    text += padded(spread(row, operation, table_what() - 2), table_what());
    line(text + (row.why_switched.empty() ? why_text(row, table_why())
                                          : clipped(row.why_switched, table_why())));
  }

  std::string table_place(const LaneRow& row) const {
    if (is_outside(row)) return std::string(glyphs_.outside);
    const std::string& host = recording_.contexts[row.context.value].host;
    std::string cpu = fmt::format("cpu{}", row.cpu.value);
    if (host.empty()) return cpu;
    return fmt::format("{} {}", clipped(host, host_most), cpu);
  }

  /// The name without its middle if it is too long, so that a number at its end stays.
  std::string short_name(const LaneRow& row, std::size_t columns) const {
    const std::string& whole = name(row);
    const std::size_t dot = whole.rfind('.');
    if (width(whole) <= columns || dot == std::string::npos || whole.size() - dot >= columns)
      return clipped(whole, columns);
    const std::string end = whole.substr(dot);
    return clipped(whole.substr(0, dot), columns - end.size()) + end;
  }

  // ---- the end ----------------------------------------------------------------------------------

  void cause() {
    constexpr std::string_view blank = "         ";
    std::string first = "cause    ";
    for (const StoryActor& actor : content_.actors) {
      const std::string_view number =
          actor.number != 0 ? glyphs_.numbers[actor.number] : glyphs_.bullet;
      std::string text = actor.text;
      if (!actor.locks.empty()) text += ", " + actor.locks;
      wrapped(fmt::format("{}{} ", first, number), text, blank.size() + 2);
      first = blank;
    }
    if (finding_ != nullptr && !finding_->detail.empty()) {
      const bool is_broken = is_expectation(finding_->finding.kind);
      wrapped(first, is_broken ? "does not hold: " + finding_->detail : finding_->detail,
              blank.size());
    }
    if (!content_.hint.empty()) wrapped("hint     ", content_.hint, blank.size());
    if (!options_.replay.empty()) line("replay   " + options_.replay);
  }

  const Trace& trace_;
  const Recording& recording_;
  const LaneOptions& options_;
  const Glyphs& glyphs_;
  const Fit fit_;
  const std::size_t columns_;
  const RecordedFinding* const finding_;
  const LaneRows content_;
  std::vector<sim::Cpu> cpus_;  // with rows, ascending
  std::map<sim::Cpu, std::string> hosts_;
  bool has_hosts_ = false;
  std::size_t table_cpu_ = table_cpu_least;
  std::size_t cell_ = 0;  // columns of a CPU's lane
  std::size_t table_context_ = 0;
  std::size_t name_width_ = 0;  // columns of names within a lane; 0: names have rows of their own
  unsigned last_number_ = 0;
  bool is_table_ = false;
  std::string page_;
};

}  // namespace

std::string finding_title(const RecordedFinding* finding) {
  if (finding == nullptr) return "NO FINDING";
  std::string title = upper(word(finding->finding.kind));
  if (is_expectation(finding->finding.kind)) title += " does not hold:";
  if (!finding->detail.empty()) title += "  " + finding->detail;
  return title;
}

std::string lanes(const Trace& trace, const Recording& recording, const LaneOptions& options) {
  return Page(trace, recording, options).render();
}

}  // namespace heddle::traces
