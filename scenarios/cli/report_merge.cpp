// heddle report merge: the JSON reports of shards as one, with every campaign once, and what is
// missing named.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/input_file.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/report.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/values.hpp"

namespace heddle::cli {
namespace {

namespace fs = std::filesystem;

/// Members of the same type in every row, and in every finding.
const Json& shape_of_row() {
  static const Json shape = Json::parse(R"({
    "scenario": "", "file": "", "line": 1, "variant": "", "expected": "", "ending": "",
    "explanation": "", "verdict": "", "reason": "", "exhaustive": true, "bounds": {},
    "strategy": "", "approach": "", "executions": {"complete": 1, "blocked": 1, "bound_reached": 1},
    "workloads": 1, "findings": [], "plan": {"id": "", "position": 1, "campaigns": 1}})");
  return shape;
}
const Json& shape_of_finding() {
  static const Json shape = Json::parse(R"({
    "kind": "", "fingerprint": "", "message": "", "expected": true, "places": [], "command": "",
    "count": 1, "first": 1})");
  return shape;
}

/// The first member that is missing or of another type; "" if there is none.
std::string misfit(const Json& json, const Json& shape) {
  if (!json.is_object()) return "an object";
  for (const auto& [name, example] : shape.items()) {
    const bool both_numbers =
        json.contains(name) && json[name].is_number_unsigned() && example.is_number();
    if (!json.contains(name) || (!both_numbers && json[name].type() != example.type())) return name;
    if (!example.is_object()) continue;
    if (const std::string inner = misfit(json[name], example); !inner.empty())
      return fmt::format("{}.{}", name, inner);
  }
  return "";
}

/// More than any plan has, and few enough to be gone through.
constexpr std::uint64_t campaigns_max = 10'000'000;

bool is_shard(const Json& json) {
  if (!json.is_string()) return false;
  try {
    parse_shard("plan.shard", json.get<std::string>());
    return true;
  } catch (const InputError&) {
    return false;
  }
}

std::string misfit_of_row(const Json& row) {
  if (std::string missing = misfit(row, shape_of_row()); !missing.empty()) return missing;
  if (!ending_from(row["ending"].get<std::string>())) return "ending";
  const Json& plan = row["plan"];
  if (plan["campaigns"] > campaigns_max) return "plan.campaigns";
  if (plan["position"] >= plan["campaigns"]) return "plan.position";
  if (plan.contains("shard") && !plan["shard"].is_null() && !is_shard(plan["shard"]))
    return "plan.shard";
  for (const Json& finding : row["findings"]) {
    if (std::string missing = misfit(finding, shape_of_finding()); !missing.empty())
      return "findings." + missing;
    for (const Json& place : finding["places"])
      if (!place.is_object() || !place.contains("file") || !place.contains("line") ||
          !place.contains("text") || !place["text"].is_string() || !place.contains("function"))
        return "findings.places";
    for (const char* member : {"trace", "page", "workload"})
      if (!finding.contains(member)) return fmt::format("findings.{}", member);
  }
  return "";
}

std::string read_whole(const fs::path& path) {
  InputFile file = read_file(path);
  if (!file.problem.empty())
    throw InputError(
        fmt::format("cannot read the report '{}': {}; --json of `heddle run` writes one",
                    path.string(), file.problem));
  return std::move(file.text);
}

/// A file of a folder may be something else altogether; one that is named must be a report.
/// @returns nothing for something else.
std::optional<Json> read_report(const fs::path& path, bool named) {
  Json document = Json::parse(read_whole(path), nullptr, false);
  if (document.is_discarded())
    throw InputError(
        fmt::format("'{}' is no JSON, or was cut off: remove it or make it again", path.string()));
  const bool rows = document.is_array() && !document.empty() && document[0].is_object() &&
                    document[0].contains("scenario") && document[0].contains("ending");
  if (!rows && document != Json::array()) {
    if (!named) return std::nullopt;
    throw InputError(
        fmt::format("'{}' is no report of `heddle run` or `heddle verify` (--json writes them)",
                    path.string()));
  }
  for (const Json& row : document)
    if (const std::string missing = misfit_of_row(row); !missing.empty())
      throw InputError(fmt::format(
          "'{}' is a report of another heddle, or was edited: '{}' is not as it should be",
          path.string(), missing));
  return document;
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (std::error_code unknown; at->path().extension() == ".json" && !at->is_directory(unknown))
      files.push_back(at->path());
  if (error)
    throw InputError(fmt::format("cannot read folder '{}': {}", folder.string(), error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

/// The campaigns of one plan, by position.
struct Plan {
  std::uint64_t campaigns = 0;
  std::map<std::uint64_t, Json> rows;
  std::set<std::string> shards;  ///< those that were seen, as "2/4"
};

std::uint64_t executions_of(const Json& row) {
  std::uint64_t all = 0;
  for (const auto& [name, count] : row["executions"].items()) all += count.get<std::uint64_t>();
  return all;
}

/// Two reports of the same campaign, such as of a task that was started again. Both made the same
/// executions, one perhaps fewer of them, so their numbers are not added.
Json united(Json one, Json other) {
  if (executions_of(other) > executions_of(one)) std::swap(one, other);
  bool worse = false;
  for (const Json& finding : other["findings"]) {
    const bool known = std::any_of(
        one["findings"].begin(), one["findings"].end(),
        [&](const Json& mine) { return mine["fingerprint"] == finding["fingerprint"]; });
    if (known) continue;
    one["findings"].push_back(finding);
    worse = worse || !finding["expected"].get<bool>();
  }
  if (worse && standing(one) == Standing::as_expected)
    for (const char* member : {"ending", "explanation", "verdict", "exhaustive"})
      one[member] = other[member];
  return one;
}

/// All that a merge adds up.
class Merge {
 public:
  explicit Merge(const MergeOptions& options)
      : results_(options.output.takes_stdout()), reports_(options.output) {
    for (const std::string& input : options.inputs) add_input(input);
    if (files_ == 0)
      throw InputError("there is no report in what was given (--json of `heddle run` writes them)");
    if (plans_.empty())
      throw InputError("the reports have no campaigns", ExitCode::nothing_selected);
  }

  ExitCode perform() {
    ReportRows rows;
    for (const std::string& id : order_)
      for (auto& [position, row] : plans_[id].rows) {
        row["plan"]["shard"] = Json();
        code_ = worse(code_, exit_code(*ending_from(row["ending"].get<std::string>())));
        rows.push_back({row, std::nullopt});
      }
    tell(rows);
    return worse(code_, reports_.write(results_, rows));
  }

 private:
  void add_input(const std::string& input) {
    std::error_code error;
    if (!fs::is_directory(input, error)) {
      add(*read_report(input, true));
      return;
    }
    for (const fs::path& file : json_files(input))
      if (const std::optional<Json> report = read_report(file, false)) add(*report);
  }

  void add(const Json& report) {
    ++files_;
    for (const Json& row : report) {
      const Json& where = row["plan"];
      const std::string id = where["id"];
      if (!plans_.contains(id)) order_.push_back(id);
      Plan& plan = plans_[id];
      plan.campaigns = where["campaigns"].get<std::uint64_t>();
      if (where.contains("shard") && where["shard"].is_string())
        plan.shards.insert(where["shard"].get<std::string>());
      const auto [at, is_new] = plan.rows.emplace(where["position"].get<std::uint64_t>(), row);
      if (is_new) continue;
      ++repeated_;
      at->second = united(at->second, row);
    }
  }

  void tell(const ReportRows& rows) {
    const Totals sum = totals(rows);
    const std::vector<DistinctFinding> distinct = distinct_findings(rows);
    results_.print("{} of {}\n", counted(rows.size(), "campaign", "campaigns"),
                   counted(files_, "report", "reports"));
    for (const DistinctFinding& one : distinct) {
      if (one.expected) continue;
      results_.print("{}  {}: {}\n  in {}\n  {}\n", results_.toned(Results::Tone::bad, "FAIL"),
                     upper((*one.finding)["kind"].get<std::string>()),
                     printable_lines((*one.finding)["message"].get<std::string>()),
                     printable(full_name(*one.row)),
                     printable((*one.finding)["command"].get<std::string>()));
    }
    for (const ReportRow& row : rows) tell_explanation(row.json);
    tell_missing();
    if (repeated_ != 0)
      results_.print("{} reported more than once, and counted once\n",
                     counted(repeated_, "campaign was", "campaigns were"));
    results_.print("{}, {}\n", counted(distinct.size(), "distinct finding", "distinct findings"),
                   counted(sum.executions, "execution", "executions"));
    results_.print("scenarios: {} as expected, {} not, {} inconclusive\n", sum.as_expected,
                   sum.not_expected, sum.inconclusive);
  }

  /// What no finding tells: one that did not come, a limit, an interrupt.
  void tell_explanation(const Json& row) {
    const std::string ending = row["ending"];
    const std::string why = row["explanation"];
    if (standing(row) == Standing::as_expected || why.ends_with(':')) return;
    const Results::Tone tone =
        standing(row) == Standing::inconclusive ? Results::Tone::unsure : Results::Tone::bad;
    results_.print("{}  {}\n  {}\n", results_.toned(tone, ending), printable(full_name(row)),
                   printable(why.empty() ? "interrupted before anything could be said" : why));
  }

  /// A shard that left no report, or an unfinished one, makes the whole inconclusive.
  void tell_missing() {
    for (const std::string& id : order_) {
      const Plan& plan = plans_[id];
      if (plan.rows.size() >= plan.campaigns) continue;
      code_ = worse(code_, ExitCode::inconclusive);
      results_.print("{}  in no report: {} of {}{}\n",
                     results_.toned(Results::Tone::unsure, "unsure"),
                     with_commas(plan.campaigns - plan.rows.size()),
                     counted(plan.campaigns, "campaign", "campaigns"), shards_text(plan));
    }
  }

  /// "; shards to look at: 2/4, 4/4": those that have not reported all of their campaigns.
  static std::string shards_text(const Plan& plan) {
    if (plan.shards.empty()) return "";
    const std::string& any = *plan.shards.begin();
    const std::uint64_t count = std::stoull(any.substr(any.find('/') + 1));
    std::set<std::uint64_t> lacking;
    for (std::uint64_t position = 0; position < plan.campaigns; ++position)
      if (!plan.rows.contains(position)) lacking.insert(position % count + 1);
    std::string text;
    for (const std::uint64_t shard : lacking)
      text += fmt::format("{}{}/{}", text.empty() ? "; shards to look at: " : ", ", shard, count);
    return text;
  }

  Results results_;
  Reports reports_;
  std::map<std::string, Plan> plans_;
  std::vector<std::string> order_;  // of plans, as they came
  std::size_t files_ = 0;
  std::uint64_t repeated_ = 0;
  ExitCode code_ = ExitCode::as_expected;
};

}  // namespace

ExitCode perform(const MergeOptions& options) { return Merge(options).perform(); }

}  // namespace heddle::cli
