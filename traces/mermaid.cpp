#include "traces/mermaid.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace heddle::traces {
namespace {

using Mark = StoryRow::Mark;

/// Mermaid takes ';' for the end of a line, '#' for the begin of a code, and some words for its
/// own.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ';' || c == '#' || c == '<' || c == '>' || c == '&')
      result += fmt::format("#{};", byte);
    else
      result += byte < ' ' ? ' ' : c;
  }
  return result;
}

/// What strikes a whole host is a note over all.
bool is_stroke(const StoryEntry& row) { return row.kind == "crash" || row.kind == "boot"; }

/// Contexts of a host stand together in a box.
std::string participant_lines(const Story& story, const std::vector<bool>& takes_part) {
  std::vector<std::string> hosts;
  for (const RecordedContext& context : story.contexts)
    if (std::find(hosts.begin(), hosts.end(), context.host) == hosts.end())
      hosts.push_back(context.host);
  std::string text;
  for (const std::string& host : hosts) {
    std::string lines;
    for (std::size_t i = 0; i < story.contexts.size(); ++i) {
      const RecordedContext& context = story.contexts[i];
      if (!takes_part[i] || context.host != host) continue;
      lines += fmt::format("  participant c{} as {}", i, escaped(context.name));
      lines += context.is_outside ? "\n" : fmt::format(" (cpu{})\n", context.cpu.value);
    }
    if (host.empty() || lines.empty())
      text += lines;
    else
      text += fmt::format("  box {}\n{}  end\n", escaped(host), lines);
  }
  return text;
}

/// The first and the last in the order of participant_lines(), for notes over all.
std::pair<std::string, std::string> outermost(std::string_view lines) {
  constexpr std::string_view word = "participant ";
  const auto at = [&](std::size_t found) {
    const std::size_t begin = found + word.size();
    return std::string(lines.substr(begin, lines.find(' ', begin) - begin));
  };
  const std::size_t first = lines.find(word);
  if (first == std::string_view::npos) return {};
  return {at(first), at(lines.rfind(word))};
}

/// Set-up that nothing of the finding comes from is nobody's concern in so small a picture.
std::vector<bool> participants(const Story& story) {
  std::vector<bool> takes_part(story.contexts.size());
  for (const StoryEntry& row : story.rows)
    if (row.number != 0 || (row.context != sim::ContextId{0} && !row.is_aside))
      takes_part[row.context.value] = row.number != 0 || !is_stroke(row);
  return takes_part;
}

}  // namespace

std::string mermaid(const Trace& trace, const Story& story) {
  const std::vector<bool> takes_part = participants(story);
  std::string text = "sequenceDiagram\n";
  text += fmt::format("  %% {} {}\n", trace.scenario, trace.variant);
  const std::string lines = participant_lines(story, takes_part);
  const auto ends = outermost(lines);
  text += lines;
  const auto note_over_all = [&](std::string_view what) {
    if (!ends.first.empty())
      text += fmt::format("  Note over {},{}: {}\n", ends.first, ends.second, escaped(what));
  };
  for (const StoryEntry& row : story.rows) {
    if (is_stroke(row)) note_over_all(row.text);
    if (!takes_part[row.context.value] || row.is_aside) continue;
    const auto pass = [&](std::optional<std::size_t> from, std::string_view what) {
      if (!from || story.rows[*from].context == row.context ||
          !takes_part[story.rows[*from].context.value])
        return;
      text += fmt::format("  c{}->>c{}: {}\n", story.rows[*from].context.value, row.context.value,
                          escaped(what));
    };
    if (!row.why_switched.empty())
      text += fmt::format("  Note over c{}: {}\n", row.context.value, escaped(row.why_switched));
    pass(row.handed_by,
         row.kind == "receive" ? row.text.substr(row.text.find("message")) : row.object);
    pass(row.reads_from, row.object + ' ' + row.value);
    if (row.number != 0)
      text += fmt::format("  Note over c{}: ({}) {} {}\n", row.context.value, row.number,
                          escaped(row.text), escaped(row.value));
    else if (row.kind == "block" || row.kind == "spin")
      text += fmt::format("  Note over c{}: {}\n", row.context.value, escaped(row.text));
  }
  if (story.finding)
    note_over_all(fmt::format("{}: {}", word(story.finding->finding.kind), story.finding->detail));
  return text;
}

}  // namespace heddle::traces
