#include "traces/page.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <nlohmann/json.hpp>

#include "traces/json.hpp"
#include "traces/page_parts.hpp"
#include "traces/story.hpp"

namespace heddle::traces {
namespace {

/// Room for the lanes of browsers without scripts.
constexpr std::size_t lanes_bytes_max = 40'000;
constexpr std::size_t rows_least = 20;

std::size_t data_bytes_max(std::size_t traces) {
  const std::size_t fixed =
      std::strlen(page_parts::html) + std::strlen(page_parts::css) + std::strlen(page_parts::js);
  return (page_bytes_max - fixed - lanes_bytes_max) / traces;
}

/// JSON inside a script element: a '<' could end it.
std::string in_script(std::string_view json) {
  std::string text;
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

std::string in_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '&')
      result += "&amp;";
    else
      result += c;
  }
  return result;
}

/// The members that stand ahead of those of the trace, with a comma behind them.
std::string as_members(const PageNotes& notes) {
  nlohmann::json json = {{"label", notes.label}, {"command", notes.command}};
  if (notes.turn) {
    json["turn"]["text"] = notes.turn->text;
    if (notes.turn->step) json["turn"]["step"] = *notes.turn->step;
  }
  std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.back() = ',';
  return text;
}

}  // namespace

std::string page_data(const Trace& trace, const Recording& recording, const PageNotes& notes,
                      std::size_t traces) {
  const std::size_t bytes_max = data_bytes_max(traces);
  StoryOptions options;
  while (true) {
    const Story story = story_of(trace, recording, options);
    std::string json =
        trace_json(trace, &story, {.with_choices = false, .with_sources = true, .indent = -1});
    json.replace(0, 1, as_members(notes));
    json = in_script(json);
    if (json.size() <= bytes_max || options.rows_max <= rows_least) return json;
    const std::size_t fitting = story.rows.size() * bytes_max / json.size();
    if (options.with_asides)
      options.with_asides = false;
    else
      options.rows_max = std::max(rows_least, std::min(fitting, story.rows.size() * 19 / 20));
  }
}

std::string page(const std::vector<std::string>& data, const std::string& title,
                 const std::string& lanes) {
  std::string all;
  for (const std::string& one : data) all += (all.empty() ? "[" : ",\n") + one;
  const std::pair<std::string_view, std::string> parts[] = {
      {"@HEDDLE_TITLE@", in_html(title)},
      {"@HEDDLE_CSS@", page_parts::css},
      {"@HEDDLE_LANES@", in_html(lanes.substr(0, lanes_bytes_max / 2))},
      {"@HEDDLE_DATA@", all + "]"},
      {"@HEDDLE_JS@", page_parts::js}};
  std::string page;
  std::string_view rest = page_parts::html;
  for (const auto& [name, text] : parts) {
    const std::size_t at = rest.find(name);
    page.append(rest.substr(0, at)) += text;
    rest.remove_prefix(at + name.size());
  }
  return page.append(rest);
}

}  // namespace heddle::traces
