// Suites are read with toml++, whose header is included here alone.
#include "scenarios/cli/suite.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/input_file.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/shipped_suites.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/values.hpp"

namespace heddle::cli {
namespace {

using scenarios::Scenario;

constexpr std::uint64_t executions_max = 1'000'000'000'000;
constexpr std::uint64_t workloads_max = 1'000'000'000;
constexpr std::uint64_t seeds_max = 10'000;
constexpr std::uint64_t preemptions_max = 1'000;
constexpr std::size_t campaigns_max = 1'000'000;

/// Complaints about a file, each with its place.
class Source {
 public:
  explicit Source(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void refuse(const toml::source_region& at, std::string_view sentence) const {
    throw InputError(fmt::format("{}:{}:{}: {}", file_, at.begin.line, at.begin.column, sentence));
  }
  [[noreturn]] void refuse(const toml::node& at, std::string_view sentence) const {
    refuse(at.source(), sentence);
  }
  /// What `read` complains about is said of this place; nothing selected is an error here, too.
  template <class Read>
  auto at(const toml::node& node, const Read& read) const {
    try {
      return read();
    } catch (const InputError& error) {
      refuse(node, error.what());
    }
  }

 private:
  std::string file_;
};

std::string_view type_word(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    default:
      return "a date or time";
  }
}

std::string string_of(const Source& source, std::string_view key, const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  source.refuse(node, fmt::format("{} takes a string, not {}", key, type_word(node)));
}

std::uint64_t number_of(const Source& source, std::string_view key, const toml::node& node,
                        std::uint64_t least, std::uint64_t most) {
  const auto* number = node.as_integer();
  if (number == nullptr)
    source.refuse(node, fmt::format("{} takes an integer, not {}", key, type_word(node)));
  const std::int64_t value = number->get();
  if (value < 0 || static_cast<std::uint64_t>(value) < least ||
      static_cast<std::uint64_t>(value) > most)
    source.refuse(node, fmt::format("{} takes a number from {} to {}, not {}", key,
                                    with_commas(least), with_commas(most), value));
  return static_cast<std::uint64_t>(value);
}

bool flag_of(const Source& source, std::string_view key, const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  source.refuse(node, fmt::format("{} takes true or false, not {}", key, type_word(node)));
}

/// A string with where it stands.
struct Word {
  std::string text;
  const toml::node* node;
};

/// One string, or an array of at least one.
std::vector<Word> words_of(const Source& source, std::string_view key, const toml::node& node) {
  if (const auto* text = node.as_string()) return {{text->get(), &node}};
  const auto* array = node.as_array();
  if (array == nullptr)
    source.refuse(node, fmt::format("{} takes a string or an array of strings, not {}", key,
                                    type_word(node)));
  std::vector<Word> words;
  for (const toml::node& element : *array)
    words.push_back({string_of(source, fmt::format("an element of {}", key), element), &element});
  if (words.empty()) source.refuse(node, fmt::format("{} is empty", key));
  return words;
}

/// What a campaign must come to.
struct Expected {
  enum class Form : std::uint8_t { scenario, clean, exhaustive, kinds };
  Form form = Form::scenario;
  std::vector<sim::FindingKind> kinds;  ///< at least one of them
};

Expected expected_of(const Source& source, const toml::node& node) {
  if (!node.is_array()) {
    const std::string text = string_of(source, "expect", node);
    static const std::vector<std::string> words = {"scenario", "clean", "exhaustive", "finding"};
    const std::size_t index = source.at(node, [&] { return parse_word("expect", text, words); });
    if (index < 3) return {static_cast<Expected::Form>(index), {}};
    Expected any{Expected::Form::kinds, {}};
    for (std::size_t i = 0; i < sim::finding_kind_count; ++i)
      any.kinds.push_back(static_cast<sim::FindingKind>(i));
    return any;
  }
  std::vector<std::string> known;
  for (std::size_t i = 0; i < sim::finding_kind_count; ++i)
    known.emplace_back(sim::word(static_cast<sim::FindingKind>(i)));
  Expected expected{Expected::Form::kinds, {}};
  for (const Word& word : words_of(source, "expect", node)) {
    const std::size_t index =
        source.at(*word.node, [&] { return parse_word("expect", word.text, known); });
    expected.kinds.push_back(static_cast<sim::FindingKind>(index));
  }
  return expected;
}

/// A [[campaign]], or [defaults].
struct Entry {
  std::vector<Word> scenarios;
  std::vector<Word> except;
  std::vector<Word> variants;
  std::vector<Word> strategies;
  CampaignSettings settings;
  std::uint64_t seeds = 1;
  Expected expected;
};

std::uint64_t seed_of(const Source& source, const toml::node& node) {
  if (const auto* number = node.as_integer(); number != nullptr) {
    if (number->get() < 0)
      source.refuse(node, fmt::format("seed is at least 0, not {}", number->get()));
    return static_cast<std::uint64_t>(number->get());
  }
  const std::string text = string_of(source, "seed", node);
  return source.at(node, [&] { return parse_hex("seed", text); });
}

struct Key {
  std::string_view name;
  std::function<void(const Source& source, const toml::node& node, Entry& entry)> read;
};

std::chrono::milliseconds time_of(const Source& source, const toml::node& node) {
  const std::string text = string_of(source, "time", node);
  return source.at(node, [&] { return parse_duration("time", text); });
}

sim::Interleave interleave_of(const Source& source, const toml::node& node) {
  constexpr std::array kinds = {sim::Interleave::sync, sim::Interleave::racy, sim::Interleave::all};
  static const std::vector<std::string> words = {"sync", "racy", "all"};
  const std::string text = string_of(source, "interleave", node);
  return kinds[source.at(node, [&] { return parse_word("interleave", text, words); })];
}

/// The keys of a campaign, each with what it does.
const std::vector<Key>& keys() {
  using S = const Source&;
  using N = const toml::node&;
  static const std::vector<Key> all = {
      {"scenarios", [](S s, N n, Entry& e) { e.scenarios = words_of(s, "scenarios", n); }},
      {"except", [](S s, N n, Entry& e) { e.except = words_of(s, "except", n); }},
      {"variants", [](S s, N n, Entry& e) { e.variants = words_of(s, "variants", n); }},
      {"strategies", [](S s, N n, Entry& e) { e.strategies = words_of(s, "strategies", n); }},
      {"executions",
       [](S s, N n, Entry& e) {
         e.settings.executions = number_of(s, "executions", n, 1, executions_max);
       }},
      {"workloads",
       [](S s, N n, Entry& e) {
         e.settings.workloads = number_of(s, "workloads", n, 1, workloads_max);
       }},
      {"preemptions",
       [](S s, N n, Entry& e) {
         e.settings.preemptions =
             static_cast<std::uint32_t>(number_of(s, "preemptions", n, 0, preemptions_max));
       }},
      {"time", [](S s, N n, Entry& e) { e.settings.time = time_of(s, n); }},
      {"seed", [](S s, N n, Entry& e) { e.settings.seed = seed_of(s, n); }},
      {"seeds", [](S s, N n, Entry& e) { e.seeds = number_of(s, "seeds", n, 1, seeds_max); }},
      {"interleave", [](S s, N n, Entry& e) { e.settings.interleave = interleave_of(s, n); }},
      {"expect", [](S s, N n, Entry& e) { e.expected = expected_of(s, n); }},
  };
  return all;
}

[[noreturn]] void refuse_key(const Source& source, const toml::key& key, std::string_view where,
                             const std::vector<std::string>& known) {
  source.refuse(key.source(),
                fmt::format("{} has no key '{}'{} (it has: {})", where, std::string(key.str()),
                            did_you_mean(key.str(), known), fmt::join(known, ", ")));
}

/// Reads the table over what `entry` has already.
void read_entry(const Source& source, const toml::table& table, std::string_view where,
                Entry& entry) {
  std::vector<std::string> known;
  for (const Key& key : keys()) known.emplace_back(key.name);
  for (auto&& [name, node] : table) {
    const auto key = std::find(known.begin(), known.end(), name.str());
    if (key == known.end()) refuse_key(source, name, where, known);
    keys()[static_cast<std::size_t>(key - known.begin())].read(source, node, entry);
  }
}

/// A strategy of the command line, or verify[:REDUCTION].
void choose_strategy(const std::string& text, CampaignSettings& settings) {
  settings.exhaust.reset();
  settings.strategy = {};
  if (text == "verify") {
    settings.exhaust = sim::Reduction::optimal;
  } else if (text.starts_with("verify:")) {
    static const std::vector<std::string> words = {"none", "sleep", "source", "optimal"};
    constexpr std::array kinds = {sim::Reduction::none, sim::Reduction::sleep,
                                  sim::Reduction::source, sim::Reduction::optimal};
    settings.exhaust = kinds[parse_word("verify", text.substr(7), words)];
  } else {
    settings.strategy = parse_strategy("strategies", text);
  }
}

void check_strategy(const Source& source, const toml::node& node, const Entry& entry,
                    const CampaignSettings& settings) {
  const bool samples = !settings.exhaust && settings.strategy.samples();
  if (settings.preemptions && samples)
    source.refuse(node, "preemptions bounds searches: dfs, ipb or verify");
  if (entry.seeds > 1 && !samples) source.refuse(node, "seeds is for strategies that sample");
  if (entry.expected.form == Expected::Form::exhaustive && samples)
    source.refuse(node, "what samples is never exhaustive: expect it of dfs, ipb or verify");
  if (settings.exhaust && settings.interleave == sim::Interleave::racy)
    source.refuse(node, "a verification takes interleave sync or all, not racy");
}

std::vector<const Scenario*> scenarios_of(const Source& source, const Entry& entry) {
  std::set<const Scenario*> without;
  for (const Word& filter : entry.except) {
    // A glob may leave out what this program does not have; a name that is none is a mistake.
    if (filter.text.find_first_of("*?[") == filter.text.npos) {
      const auto named = source.at(*filter.node, [&] { return select({filter.text}); });
      without.insert(named.begin(), named.end());
      continue;
    }
    for (const Scenario& scenario : scenarios::all_scenarios())
      if (matches(filter.text, scenario.name)) without.insert(&scenario);
  }
  std::vector<std::string> filters;
  for (const Word& filter : entry.scenarios) {
    source.at(*filter.node, [&] { return select({filter.text}).size(); });
    filters.push_back(filter.text);
  }
  std::vector<const Scenario*> selection;
  for (const Scenario* scenario : select(filters))
    if (!without.contains(scenario)) selection.push_back(scenario);
  return selection;
}

void expect(const Expected& expected, AppliedVariant& applied) {
  if (expected.form == Expected::Form::scenario) return;
  applied.expected.clear();
  applied.exhaustive = expected.form == Expected::Form::exhaustive;
  if (expected.form == Expected::Form::kinds) applied.expected.push_back(expected.kinds);
}

/// The campaigns of an entry, at the end of `plan`.
void expand(const Source& source, const toml::node& node, const Entry& entry,
            std::vector<Planned>& plan) {
  const std::size_t before = plan.size();
  for (const Scenario* scenario : scenarios_of(source, entry)) {
    for (const Word& variant : entry.variants) {
      // Without a model there is one variant: all that have no defects by name are the same.
      if (scenario->model == nullptr && &variant != &entry.variants.front()) continue;
      const AppliedVariant applied = source.at(
          *variant.node, [&] { return apply(parse_variant("variants", variant.text), *scenario); });
      for (const Word& strategy : entry.strategies) {
        Planned planned{scenario, applied, entry.settings};
        source.at(*strategy.node, [&] {
          choose_strategy(strategy.text, planned.settings);
          return 0;
        });
        check_strategy(source, *strategy.node, entry, planned.settings);
        if (scenario->workload == nullptr) planned.settings.workloads.reset();
        // No search exhausts all workloads.
        if (scenario->workload != nullptr && planned.settings.exhaust) continue;
        expect(entry.expected, planned.applied);
        for (std::uint64_t i = 0; i < entry.seeds; ++i, ++planned.settings.seed)
          plan.push_back(planned);
        if (plan.size() > campaigns_max)
          source.refuse(node, fmt::format("the suite has more than {} campaigns",
                                          with_commas(campaigns_max)));
      }
    }
  }
  if (plan.size() == before) source.refuse(node, "the campaign selects nothing to run");
}

Entry usual(const toml::node& node) {
  Entry entry;
  entry.variants = {{"posted", &node}};
  entry.strategies = {{"portfolio", &node}};
  return entry;
}

void read_campaigns(const Source& source, const toml::table& root, Suite& suite) {
  Entry defaults = usual(root);
  if (const toml::node* node = root.get("defaults")) {
    if (!node->is_table())
      source.refuse(*node, fmt::format("[defaults] is a table, not {}", type_word(*node)));
    read_entry(source, *node->as_table(), "[defaults]", defaults);
  }
  const toml::node* campaigns = root.get("campaign");
  if (campaigns == nullptr)
    source.refuse(root, "a suite needs campaigns: [[campaign]] with scenarios = [\"*\"]");
  if (!campaigns->is_array_of_tables())
    source.refuse(*campaigns, "campaigns are written [[campaign]], with two brackets");
  for (const toml::node& node : *campaigns->as_array()) {
    Entry entry = defaults;
    read_entry(source, *node.as_table(), "[[campaign]]", entry);
    if (entry.scenarios.empty())
      source.refuse(node, "the campaign needs scenarios, such as scenarios = [\"*\"]");
    expand(source, node, entry, suite.plan);
  }
}

std::string file_text(const std::string& path) {
  InputFile file = read_file(path);
  if (!file.problem.empty()) {
    const bool by_name = path.find('/') == path.npos && !path.ends_with(".toml");
    const std::string meant = by_name ? did_you_mean(path, shipped_suite_names()) : "";
    throw InputError(fmt::format("--suite: cannot read '{}'{} (a TOML file, or one of {})", path,
                                 meant.empty() ? ": " + file.problem : meant,
                                 fmt::join(shipped_suite_names(), ", ")));
  }
  return std::move(file.text);
}

}  // namespace

std::vector<std::string> shipped_suite_names() {
  std::vector<std::string> names;
  for (const ShippedSuite& suite : shipped_suites()) names.emplace_back(suite.name);
  return names;
}

Suite load_suite(const std::string& suite) {
  for (const ShippedSuite& shipped : shipped_suites())
    if (shipped.name == suite) return read_suite(shipped.text, std::string(suite) + ".toml");
  return read_suite(file_text(suite), suite);
}

Suite read_suite(std::string_view text, const std::string& file) {
  const Source source(file);
  toml::table root;
  try {
    root = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    source.refuse(error.source(), error.description());
  }
  static const std::vector<std::string> known = {"name", "summary", "minimize", "defaults",
                                                 "campaign"};
  Suite suite;
  suite.name = std::filesystem::path(file).stem().string();
  for (auto&& [name, node] : root) {
    const std::string_view key = name.str();
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse_key(source, name, "a suite", known);
    if (key == "name") suite.name = string_of(source, key, node);
    if (key == "summary") suite.summary = string_of(source, key, node);
    if (key == "minimize") suite.minimise = flag_of(source, key, node);
  }
  read_campaigns(source, root, suite);
  return suite;
}

}  // namespace heddle::cli
