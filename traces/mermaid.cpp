#include "traces/mermaid.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace heddle::traces {
namespace {

using Mark = StoryRow::Mark;

/// Mermaid takes ';' for the end of a line, '#' for the begin of a code, and some words for its own.
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

/// Set-up that nothing of the finding comes from is nobody's concern in so small a picture.
std::vector<bool> participants(const Story& story) {
  std::vector<bool> takes_part(story.contexts.size());
  for (const StoryEntry& row : story.rows)
    if (row.number != 0 || (row.context != sim::ContextId{0} && !row.is_aside))
      takes_part[row.context.value] = true;
  return takes_part;
}

}  // namespace

std::string mermaid(const Trace& trace, const Story& story) {
  const std::vector<bool> takes_part = participants(story);
  std::string text = "sequenceDiagram\n";
  text += fmt::format("  %% {} {}\n", trace.scenario, trace.variant);
  for (std::size_t i = 0; i < story.contexts.size(); ++i)
    if (takes_part[i])
      text += fmt::format("  participant c{} as {} (cpu{})\n", i, escaped(story.contexts[i].name),
                          story.contexts[i].cpu.value);
  for (const StoryEntry& row : story.rows) {
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
    pass(row.handed_by, row.object);
    pass(row.reads_from, row.object + ' ' + row.value);
    if (row.number != 0)
      text += fmt::format("  Note over c{}: ({}) {} {}\n", row.context.value, row.number,
                          escaped(row.text), escaped(row.value));
    else if (row.kind == "block" || row.kind == "spin")
      text += fmt::format("  Note over c{}: {}\n", row.context.value, escaped(row.text));
  }
  if (story.finding) {
    const auto first = std::find(takes_part.begin(), takes_part.end(), true);
    const auto last = std::find(takes_part.rbegin(), takes_part.rend(), true);
    if (first != takes_part.end())
      text += fmt::format(
          "  Note over c{},c{}: {}\n", first - takes_part.begin(), takes_part.rend() - last - 1,
          escaped(fmt::format("{}: {}", word(story.finding->finding.kind), story.finding->detail)));
  }
  return text;
}

}  // namespace heddle::traces
