#include "traces/report.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "traces/describe.hpp"
#include "traces/places.hpp"

namespace heddle::traces {
namespace {

using sim::Actor;
using sim::Finding;
using sim::FindingKind;
using sim::Machine;

/// How a sentence goes from one actor to the next: a race's two accesses stand side by side, the
/// members of a circle follow each other, and what made memory unusable comes after who used it.
std::string_view link(FindingKind kind) {
  switch (kind) {
    case FindingKind::data_race:
      return " and ";
    case FindingKind::lock_order:
    case FindingKind::deadlock:
    case FindingKind::hung_task:
    case FindingKind::livelock:
      return ", ";
    default:
      return "; ";
  }
}

/// Does another schedule of the same bug give the same actors in another order, or more of a kind?
bool order_is_arbitrary(FindingKind kind) {
  return kind == FindingKind::data_race || kind == FindingKind::lock_order ||
         kind == FindingKind::deadlock || kind == FindingKind::hung_task ||
         kind == FindingKind::livelock;
}

std::string place_of(const Actor& actor, PlaceStyle style) {
  if (actor.place.pc == 0) return {};
  return style == PlaceStyle::full ? " at " + place_text(actor.place)
                                   : " in " + function_text(actor.place);
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  return text;
}

}  // namespace

std::string actor_text(const Machine& machine, const Actor& actor, PlaceStyle style) {
  std::string text = context_name(machine, actor.context) + ' ';
  text += *actor.verb == 0 ? "stands" : actor.verb;
  if (const std::string object = shown_name(machine, actor.object, actor.place); !object.empty())
    text += ' ' + object;
  if (*actor.how != 0) text.append(1, ' ').append(actor.how);
  return one_line(text + place_of(actor, style));
}

std::string detail_text(const Finding& finding) {
  std::string text = finding.detail == nullptr ? "" : finding.detail;
  // A detail that ends in a colon asks for its number.
  if (text.ends_with(':')) text += fmt::format(" {}", finding.number);
  return one_line(std::move(text));
}

std::string message(const Machine& machine, const Finding& finding, PlaceStyle style) {
  std::string text;
  for (std::size_t i = 0; i < finding.actor_count; ++i) {
    if (i != 0) text += link(finding.kind);
    text += actor_text(machine, finding.actors[i], style);
  }
  const std::string detail = detail_text(finding);
  if (text.empty()) text = detail.empty() ? std::string(sentence(finding.kind)) : "";
  if (!text.empty() && !detail.empty()) text += ": ";
  return text + detail;
}

std::string fingerprint(const Finding& finding) {
  std::vector<std::string> functions;
  for (std::size_t i = 0; i < finding.actor_count; ++i)
    functions.push_back(function_text(finding.actors[i].place));
  if (order_is_arbitrary(finding.kind)) {
    std::sort(functions.begin(), functions.end());
    functions.erase(std::unique(functions.begin(), functions.end()), functions.end());
  }
  std::string text(word(finding.kind));
  for (const std::string& function : functions) text += '\n' + function;
  text += '\n';
  if (finding.detail != nullptr) text += finding.detail;
  return fmt::format("{:016x}", XXH64(text.data(), text.size(), 0));
}

}  // namespace heddle::traces
