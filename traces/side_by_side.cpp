#include "traces/side_by_side.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "sim/explore/wire.hpp"
#include "traces/columns.hpp"
#include "traces/divergence.hpp"
#include "traces/lane_rows.hpp"
#include "traces/lanes.hpp"
#include "traces/story_rows.hpp"

namespace heddle::traces {
namespace {

namespace wire = sim::wire;
using sim::EventKind;
using Mark = StoryRow::Mark;

/// How many rows that both have are shown ahead of where they part.
constexpr std::size_t rows_before = 3;

constexpr std::string_view turning = "turning point: from here on it always fails";

/// Of numbered rows: they stand for the actors of a finding.
constexpr std::uint64_t numbers_max = sim::Finding::actors_max;

/// The operation of a row that only names its context in lanes.
std::string text_of(const StoryRow& row) {
  if (!row.text.empty()) return row.text;
  return row.mark == Mark::enters ? "interrupt" : "exits";
}

bool is_comparable(const Recording& recording, const StoryRow& row) {
  if (!row.event) return true;
  const RecordedEvent& recorded = recording.events[*row.event];
  const EventKind kind = recorded.event.kind;
  // The set-up's end has a row only where something before it has one.
  if (kind == EventKind::task_exit && row.context == sim::ContextId{0}) return false;
  return recorded.takes_step ||
         (kind != EventKind::read && kind != EventKind::write && kind != EventKind::allocate);
}

}  // namespace

Side side_of(const Trace& trace, const Recording& recording) {
  const RecordedFinding* finding = shown_finding(trace, recording);
  const StoryRows story = story_rows(recording, finding);
  const std::vector<bool> worth = worth_showing(story.rows);
  Side side;
  side.finding = finding_title(finding);
  for (std::size_t i = 0; i < story.rows.size(); ++i) {
    const StoryRow& row = story.rows[i];
    const RecordedContext& context = recording.contexts[row.context.value];
    SideRow& shown = side.rows.emplace_back();
    shown.step = row.step;
    shown.where = context.is_outside     ? ""
                  : context.host.empty() ? fmt::format("{}", row.cpu.value)
                                         : context.host;
    shown.context = context.name;
    shown.text = text_of(row);
    shown.value = row.value;
    shown.number = row.number;
    shown.is_comparable = is_comparable(recording, row);
    shown.is_worth_showing = worth[i];
  }
  side.actors = story.actors;
  return side;
}

// ---- between processes -------------------------------------------------------------------------

std::string to_bytes(const Side& side) {
  wire::Writer writer(wire::Type::bytes);
  writer.text(side.finding).number(side.rows.size());
  for (const SideRow& row : side.rows) {
    writer.number(row.step).text(row.where).text(row.context).text(row.text).text(row.value);
    writer.number(row.number).number(row.is_comparable ? 1 : 0);
    writer.number(row.is_worth_showing ? 1 : 0);
  }
  writer.number(side.actors.size());
  for (const StoryActor& actor : side.actors)
    writer.number(actor.number).text(actor.text).text(actor.locks);
  return std::string(writer.payload());
}

std::optional<Side> side_from(std::string_view bytes) {
  wire::Reader reader(wire::Type::bytes, bytes);
  Side side;
  side.finding = reader.text();
  for (std::uint64_t left = reader.number(); left != 0 && reader.ok(); --left) {
    SideRow& row = side.rows.emplace_back();
    row.step = reader.number();
    for (std::string* text : {&row.where, &row.context, &row.text, &row.value})
      *text = reader.text();
    row.number = static_cast<unsigned>(std::min(reader.number(), numbers_max));
    row.is_comparable = reader.number() != 0;
    row.is_worth_showing = reader.number() != 0;
  }
  for (std::uint64_t left = reader.number(); left != 0 && reader.ok(); --left) {
    StoryActor& actor = side.actors.emplace_back();
    actor.number = static_cast<unsigned>(std::min(reader.number(), numbers_max));
    actor.text = reader.text();
    actor.locks = reader.text();
  }
  return reader.ok() ? std::optional(std::move(side)) : std::nullopt;
}

// ---- drawing -----------------------------------------------------------------------------------

namespace {

struct Glyphs {
  Fit fit;
  std::string_view between, crosses, folded, arrow, bullet;
  std::array<std::string_view, sim::Finding::actors_max + 1> numbers;
};
constexpr Glyphs drawn = {
    {.ascii = false, .cut = "…", .rule = "─"},   " │ ", "─┼─", "⋮", "──▸", "·",
    {"", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧"}};
constexpr Glyphs ascii = {{.ascii = true, .cut = "~", .rule = "-"},
                          " | ",
                          "-+-",
                          ":",
                          "-->",
                          "-",
                          {"", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"}};

/// What stands in a line of one side: a row, or words about rows.
struct Cell {
  const SideRow* row = nullptr;
  std::string words;
};
using Line = std::pair<Cell, Cell>;

class Page {
 public:
  Page(const Side& left, const Side& right, const SideBySideOptions& options)
      : left_(left),
        right_(right),
        options_(options),
        glyphs_(options.ascii ? ascii : drawn),
        columns_(std::max<std::size_t>(options.columns, 80)) {
    const std::size_t gutter = width(glyphs_.between);
    pane_[0] = (columns_ - gutter) / 2;
    pane_[1] = columns_ - gutter - pane_[0];
    for (const Side* side : {&left_, &right_})
      for (const SideRow& row : side->rows) {
        where_ = std::max(where_, std::min<std::size_t>(width(row.where), 8));
        context_ = std::max(context_, std::min<std::size_t>(width(row.context), 12));
        has_hosts_ = has_hosts_ || row.where.find_first_not_of("0123456789") != std::string::npos;
      }
    where_ = std::max<std::size_t>(where_, has_hosts_ ? 4 : 3);
  }

  std::string render() {
    align();
    head("left", options_.left, left_);
    head("right", options_.right, right_);
    page_ += '\n';
    column_heads();
    rule();
    for (const Line& line : lines_) put(line);
    rule();
    cause("left", left_);
    cause("right", right_);
    return std::move(page_);
  }

 private:
  // ---- which rows stand in a line --------------------------------------------------------------

  static std::vector<std::size_t> comparable(const Side& side) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < side.rows.size(); ++i)
      if (side.rows[i].is_comparable) rows.push_back(i);
    return rows;
  }

  static bool same(const SideRow& a, const SideRow& b) {
    return is_same_name(a.context, b.context) && a.text == b.text && a.value == b.value;
  }

  void align() {
    const std::vector<std::size_t> left = comparable(left_);
    const std::vector<std::size_t> right = comparable(right_);
    std::size_t common = 0;
    while (common < left.size() && common < right.size() &&
           same(left_.rows[left[common]], right_.rows[right[common]]))
      ++common;
    std::size_t next_left = 0;
    std::size_t next_right = 0;
    for (std::size_t i = 0; i < common; ++i) {
      add_numbered(next_left, left[i], next_right, right[i]);
      const SideRow& a = left_.rows[left[i]];
      const SideRow& b = right_.rows[right[i]];
      const bool turns = is_turn(a);
      if (turns) add_marks(turning, "something else is chosen in this step");
      if (turns || i + rows_before >= common || a.number != 0 || b.number != 0)
        add({{&a, {}}, {&b, {}}});
      else
        ++folded_;
      next_left = left[i] + 1;
      next_right = right[i] + 1;
    }
    const std::size_t parts_left = common < left.size() ? left[common] : left_.rows.size();
    const std::size_t parts_right = common < right.size() ? right[common] : right_.rows.size();
    add_numbered(next_left, parts_left, next_right, parts_right);
    end_fold();
    if (parts_left == left_.rows.size() && parts_right == right_.rows.size()) return;
    add_parting(parts_left);
    add_rest(rest_of(left_, parts_left), rest_of(right_, parts_right));
  }

  /// Rows that the other side has no counterpart of are shown where the finding is about them.
  void add_numbered(std::size_t left, std::size_t left_end, std::size_t right,
                    std::size_t right_end) {
    for (; left < left_end; ++left)
      if (left_.rows[left].number != 0) add({{&left_.rows[left], {}}, {}});
    for (; right < right_end; ++right)
      if (right_.rows[right].number != 0) add({{}, {&right_.rows[right], {}}});
  }

  void add(Line line) {
    end_fold();
    lines_.push_back(std::move(line));
  }

  void end_fold() {
    if (folded_ == 0) return;
    const std::string words =
        fmt::format("   {} {} that both have", glyphs_.folded,
                    folded_ == 1 ? std::string("a row") : fmt::format("{} rows", folded_));
    lines_.push_back({{nullptr, words}, {nullptr, words}});
    folded_ = 0;
  }

  /// Of the step that is the turning point, the first row that is asked about.
  bool is_turn(const SideRow& row) {
    if (is_marked_ || !options_.turn || row.step != *options_.turn) return false;
    return is_marked_ = true;
  }

  void add_marks(std::string_view left, std::string_view right) {
    const auto words = [&](std::string_view text) {
      return Cell{nullptr, fmt::format("{} {}", glyphs_.arrow, text)};
    };
    add({words(left), words(right)});
  }

  void add_parting(std::size_t row) {
    if (row < left_.rows.size() && is_turn(left_.rows[row]))
      add_marks(turning, "with this instead it does not come");
    else
      add_marks("here they part", "here they part");
  }

  /// Folded as lanes are.
  std::vector<Cell> rest_of(const Side& side, std::size_t from) const {
    std::vector<Cell> cells;
    for (std::size_t i = from; i < side.rows.size();) {
      std::size_t end = i;
      while (end < side.rows.size() && !side.rows[end].is_worth_showing) ++end;
      if (end - i >= 3) {
        cells.push_back(
            {nullptr, fmt::format("   {} {} rows, steps {} to {}", glyphs_.folded, end - i,
                                  side.rows[i].step, side.rows[end - 1].step)});
        i = end;
        continue;
      }
      cells.push_back({&side.rows[i], {}});
      ++i;
    }
    if (cells.empty()) cells.push_back({nullptr, "     the end"});
    return cells;
  }

  void add_rest(const std::vector<Cell>& left, const std::vector<Cell>& right) {
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i)
      lines_.push_back({i < left.size() ? left[i] : Cell{}, i < right.size() ? right[i] : Cell{}});
  }

  // ---- what it looks like ----------------------------------------------------------------------

  void head(std::string_view word, const std::string& name, const Side& side) {
    page_ += wrapped(padded(std::string(word), 7), name + ":  " + side.finding, columns_, 7,
                     glyphs_.fit);
  }

  void rule() {
    page_ += traces::rule(pane_[0], glyphs_.fit);
    page_ += glyphs_.crosses;
    page_ += line_of(traces::rule(pane_[1], glyphs_.fit));
  }

  std::string fields(std::string_view step, std::string_view where,
                     std::string_view context) const {
    const auto field = [&](std::string_view text, std::size_t columns) {
      return padded(clipped(text, columns, glyphs_.fit), columns + 1);
    };
    return fmt::format("{:>4} {}{}", step, field(where, where_), field(context, context_));
  }

  void column_heads() {
    const std::string heads = fields("step", has_hosts_ ? "host" : "cpu", "context") + "what";
    put_both(heads, heads);
  }

  void put(const Line& line) {
    put_both(text_of_cell(line.first, 0), text_of_cell(line.second, 1));
  }

  void put_both(std::string left, std::string right) {
    page_ += line_of(padded(std::move(left), pane_[0]) + std::string(glyphs_.between) +
                     std::move(right));
  }

  std::string text_of_cell(const Cell& cell, std::size_t side) {
    if (cell.row == nullptr) {
      shown_[side].clear();
      return clipped(cell.words, pane_[side], glyphs_.fit);
    }
    const SideRow& row = *cell.row;
    const bool is_new = std::exchange(shown_[side], row.context) != row.context;
    const std::string front =
        fields(fmt::format("{}", row.step), row.where, is_new ? std::string_view(row.context) : "");
    const std::size_t room = pane_[side] - width(front);
    std::string right = shortened(row.value, room / 2, glyphs_.fit);
    const std::size_t number_width = width(glyphs_.numbers[1]) + 1;
    if (row.number != 0)
      right += fmt::format("{}{}", right.empty() ? "" : " ", glyphs_.numbers[row.number]);
    else if (!right.empty())
      right.append(number_width, ' ');
    if (right.empty()) return front + shortened(row.text, room, glyphs_.fit);
    const std::size_t left = room - std::min(room, width(right) + 1);
    return front + padded(shortened(row.text, left, glyphs_.fit), left + 1) + right;
  }

  void cause(std::string_view word, const Side& side) {
    std::string first = padded(std::string(word), 7);
    for (const StoryActor& actor : side.actors) {
      const std::string_view mark =
          actor.number == 0 ? glyphs_.bullet : glyphs_.numbers[actor.number];
      std::string text = actor.text;
      if (!actor.locks.empty()) text += ", " + actor.locks;
      page_ += wrapped(fmt::format("{}{} ", first, mark), text, columns_, 9, glyphs_.fit);
      first.assign(7, ' ');
    }
  }

  const Side& left_;
  const Side& right_;
  const SideBySideOptions& options_;
  const Glyphs& glyphs_;
  const std::size_t columns_;
  std::array<std::size_t, 2> pane_{};  // columns of each side
  std::size_t where_ = 0;
  std::size_t context_ = 7;
  bool has_hosts_ = false;
  std::vector<Line> lines_;
  bool is_marked_ = false;              // the turning point
  std::size_t folded_ = 0;              // rows that both have, since the last line
  std::array<std::string, 2> shown_{};  // the context that was named last
  std::string page_;
};

}  // namespace

std::string side_by_side(const Side& left, const Side& right, const SideBySideOptions& options) {
  return Page(left, right, options).render();
}

}  // namespace heddle::traces
