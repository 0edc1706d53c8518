#include "scenarios/cli/filter.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fnmatch.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"

namespace heddle::cli {
namespace {

using scenarios::Scenario;

bool is_glob(std::string_view filter) { return filter.find_first_of("*?[") != filter.npos; }

/// What a filter that selects nothing may have meant: whole names, families, last parts.
std::vector<std::string> selectable(bool glob) {
  std::vector<std::string> words;
  for (const Scenario& scenario : scenarios::all_scenarios()) {
    words.push_back(scenario.name);
    const std::size_t slash = scenario.name.find('/');
    if (slash == std::string::npos) continue;
    words.push_back(scenario.name.substr(0, slash) + (glob ? "/*" : ""));
    if (!glob) words.push_back(scenario.name.substr(slash + 1));
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

[[noreturn]] void selects_nothing(const std::string& filter) {
  const std::string hint = did_you_mean(filter, selectable(is_glob(filter)));
  throw InputError(fmt::format("no scenario is selected by '{}'{} (`heddle list` shows all {})",
                               filter, hint, scenarios::all_scenarios().size()),
                   ExitCode::nothing_selected);
}

}  // namespace

bool matches(std::string_view filter, std::string_view name) {
  if (!is_glob(filter)) return name.find(filter) != name.npos;
  return fnmatch(std::string(filter).c_str(), std::string(name).c_str(), 0) == 0;
}

std::vector<const Scenario*> select(const std::vector<std::string>& filters) {
  const std::vector<Scenario>& all = scenarios::all_scenarios();
  std::vector<bool> chosen(all.size(), filters.empty());
  for (const std::string& filter : filters) {
    const auto exact =
        std::find_if(all.begin(), all.end(), [&](const Scenario& s) { return s.name == filter; });
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool is_meant =
          exact == all.end() ? !filter.empty() && matches(filter, all[i].name) : &all[i] == &*exact;
      if (is_meant) chosen[i] = any = true;
    }
    if (!any) selects_nothing(filter);
  }
  std::vector<const Scenario*> selection;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (chosen[i]) selection.push_back(&all[i]);
  if (selection.empty())
    throw InputError("this heddle has no scenarios", ExitCode::nothing_selected);
  return selection;
}

void refuse_empty_shard(std::size_t whole, Shard shard, std::string_view what) {
  throw InputError(
      fmt::format("shard {}/{} of {} {} is empty", shard.index, shard.count, whole, what),
      ExitCode::nothing_selected);
}

const scenarios::Model& find_model(std::string_view name) {
  std::vector<std::string> names;
  std::string all;
  for (const scenarios::Model* model : scenarios::all_models()) {
    if (model->name == name) return *model;
    names.emplace_back(model->name);
    all += (all.empty() ? "" : ", ") + names.back();
  }
  throw InputError(fmt::format("there is no model '{}'{} (models: {})", name,
                               did_you_mean(name, names), all.empty() ? "none" : all));
}

}  // namespace heddle::cli
