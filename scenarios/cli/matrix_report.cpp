#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "scenarios/cli/exploration.hpp"
#include "scenarios/cli/matrix.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using scenarios::DefectInfo;
using scenarios::RunResult;
using scenarios::Verdict;

std::string_view switch_word(const DefectInfo& defect) {
  return defect.kind == DefectInfo::Kind::mutation ? "mutation" : "defect";
}

bool is_posted(const DefectInfo& defect) { return defect.kind == DefectInfo::Kind::posted; }

/// "data_race", or why there is none.
std::string outcome(const Cell& cell) {
  if (cell.scenario == nullptr) return "no scenario";
  if (!cell.measured) return "interrupted";
  return cell.found ? std::string(word(cell.kind)) : "NOT FOUND";
}

bool is_verification(const RunResult& result) { return result.reduction != sim::Reduction::none; }

bool is_good(const Cell& cell) { return cell.found; }
bool is_good(const Fixed& fixed) { return fixed.verdict() == Verdict::clean; }

void tell_cells(Results& results, const MatrixTable& table) {
  Table text({"id", "switch", "posted", "scenario", "finds", "executions"}, {5});
  for (const Cell& cell : table.cells)
    text.add({std::string(cell.defect->id), std::string(switch_word(*cell.defect)),
              is_posted(*cell.defect) ? "yes" : "no",
              cell.scenario == nullptr ? "-" : cell.scenario->name, outcome(cell),
              with_commas(cell.executions)});
  results.print("{}: each switch alone\n\n{}\n", table.model->name, text.text(text_columns()));
}

void tell_fixed(Results& results, const MatrixTable& table) {
  if (table.fixed.empty()) return;
  Table text({"scenario", "executions", "nothing switched on"}, {1});
  for (const Fixed& fixed : table.fixed) {
    const RunResult& result = fixed.decisive();
    std::string verdict =
        result.verdict_text.empty() ? std::string(word(result.verdict)) : result.verdict_text;
    if (result.verdict == Verdict::finding)
      verdict = fmt::format("FINDING: {}", word(result.campaign.findings.front().report.kind));
    text.add({fixed.scenario->name, with_commas(fixed.executions()), verdict});
  }
  results.print("{}\n", text.text(text_columns()));
}

/// The command that makes the finding of a result again.
std::string replay_command(std::string_view scenario, std::string_view variant,
                           const RunResult& result) {
  return fmt::format(
      "{} {} {} --variant {}{}", program_word(), is_verification(result) ? "verify" : "run",
      shell_word(std::string(scenario)), variant,
      is_verification(result)
          ? std::string()
          : fmt::format(" --strategy {} --seed {}", word(result.strategy), seed_text(result.seed)));
}

/// The properties that scenarios check, each once, in the order of their names.
std::vector<std::string> properties_of(const MatrixTable& table) {
  std::vector<std::string> all;
  for (const Guarantee& guarantee : table.guarantees)
    all.push_back(guarantee.result.scenario->property);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// What all scenarios that check the property say of the design: the worst.
std::string held(const MatrixTable& table, const std::string& design, const std::string& property) {
  bool is_exhaustive = true;
  bool is_clean = true;
  std::uint64_t executions = 0;
  for (const Guarantee& guarantee : table.guarantees) {
    if (guarantee.design != design || guarantee.result.scenario->property != property) continue;
    if (guarantee.breach() != nullptr) return "BROKEN";
    // Without a breach, what else was found says nothing of the property.
    if (guarantee.result.verdict() != Verdict::clean) is_clean = false;
    is_exhaustive = is_exhaustive && guarantee.result.exhaustive();
    executions += guarantee.result.executions();
  }
  if (!is_clean) return "inconclusive";
  return is_exhaustive ? "always" : with_commas(executions);
}

/// Which design guarantees which property, then each counterexample.
void tell_guarantees(Results& results, const MatrixTable& table) {
  if (table.guarantees.empty()) return;
  const std::vector<std::string> properties = properties_of(table);
  std::vector<std::string> heads = {"design"};
  heads.insert(heads.end(), properties.begin(), properties.end());
  Table text(heads);
  std::vector<std::string> designs;
  for (const Guarantee& guarantee : table.guarantees)
    if (designs.empty() || designs.back() != guarantee.design) designs.push_back(guarantee.design);
  for (const std::string& design : designs) {
    std::vector<std::string> row = {design};
    for (const std::string& property : properties) row.push_back(held(table, design, property));
    text.add(std::move(row));
  }
  results.print(
      "{}: which design guarantees what (always: in every execution; a number: in so "
      "many)\n\n{}\n",
      table.model->name, text.text(text_columns()));
  for (const Guarantee& guarantee : table.guarantees) {
    const sim::Found* const breach = guarantee.breach();
    if (breach == nullptr) continue;
    const RunResult& result = guarantee.result.decisive();
    results.print("{} breaks {}: {}\n  replay: {}\n", guarantee.design,
                  guarantee.result.scenario->property, printable_lines(breach->report.message),
                  replay_command(guarantee.result.scenario->name, guarantee.design, result));
  }
  results.print("\n");
}

/// A finding that should not be there, in full, with the command that shows it again.
void tell_unexpected(Results& results, const MatrixTable& table) {
  for (const Fixed& fixed : table.fixed) {
    if (fixed.verdict() != Verdict::finding) continue;
    const RunResult& result = fixed.decisive();
    const sim::Found& found = result.campaign.findings.front();
    results.print("{}\n  replay: {}\n",
                  hang(fmt::format("{} with nothing switched on: {}", fixed.scenario->name,
                                   printable_lines(found.report.message)),
                       text_columns(), 2),
                  replay_command(fixed.scenario->name, "fixed", result));
  }
  for (const Cell& cell : table.cells)
    if (cell.scenario != nullptr && cell.measured && !cell.found)
      results.print("{}\n", hang(fmt::format("{} is not found by {} in {}; it expects {}",
                                             cell.defect->id, cell.scenario->name,
                                             counted(cell.executions, "execution", "executions"),
                                             describe_expected(cell.applied)),
                                 text_columns(), 2));
}

}  // namespace

const RunResult& Fixed::decisive() const {
  if (random.verdict == Verdict::finding) return random;
  if (verified.exhaustive || verified.verdict == Verdict::finding) return verified;
  return dfs.exhaustive || dfs.verdict == Verdict::finding ? dfs : random;
}

std::uint64_t Fixed::executions() const {
  return random.campaign.counts.all() + verified.campaign.counts.all() + searched;
}

bool is_breach(const sim::Report& report, const scenarios::Scenario& scenario) {
  return report.message.find(fmt::format(": {}: ", scenario.property)) != std::string::npos;
}

const sim::Found* Guarantee::breach() const {
  for (const sim::Found& found : result.decisive().campaign.findings)
    if (is_breach(found.report, *result.scenario)) return &found;
  return nullptr;
}

void tell(Results& results, const MatrixTable& table) {
  tell_cells(results, table);
  tell_fixed(results, table);
  tell_guarantees(results, table);
  tell_unexpected(results, table);
  std::size_t found = 0;
  std::size_t clean = 0;
  std::size_t exhausted = 0;
  for (const Cell& cell : table.cells) found += is_good(cell) ? 1 : 0;
  for (const Fixed& fixed : table.fixed) {
    clean += is_good(fixed) ? 1 : 0;
    exhausted += fixed.exhaustive() ? 1 : 0;
  }
  results.print("switches: {} of {} found; fixed: {} of {} clean, {} exhaustively{}\n", found,
                table.cells.size(), clean, table.fixed.size(), exhausted,
                table.complete ? "" : "; interrupted");
}

Json matrix_json(const MatrixTable& table) {
  Json rows = Json::array();
  for (const Cell& cell : table.cells)
    rows.push_back({{"id", cell.defect->id},
                    {"switch", switch_word(*cell.defect)},
                    {"posted", is_posted(*cell.defect)},
                    {"scenario", cell.scenario == nullptr ? Json() : Json(cell.scenario->name)},
                    {"found", cell.found},
                    {"kind", cell.found ? Json(word(cell.kind)) : Json()},
                    {"executions", cell.executions}});
  Json fixed = Json::array();
  for (const Fixed& row : table.fixed)
    fixed.push_back({{"scenario", row.scenario->name},
                     {"verdict", word(row.verdict())},
                     {"exhaustive", row.exhaustive()},
                     {"strategy", is_verification(row.decisive()) ? word(row.decisive().reduction)
                                                                  : word(row.decisive().strategy)},
                     {"bounds", bounds_json(row.decisive())},
                     {"executions", row.executions()}});
  Json guarantees = Json::array();
  for (const Guarantee& row : table.guarantees)
    guarantees.push_back({{"design", row.design},
                          {"property", row.result.scenario->property},
                          {"scenario", row.result.scenario->name},
                          {"verdict", word(row.result.verdict())},
                          {"broken", row.breach() != nullptr},
                          {"exhaustive", row.result.exhaustive()},
                          {"executions", row.result.executions()}});
  return {{"model", table.model->name},
          {"rows", rows},
          {"fixed", fixed},
          {"guarantees", guarantees},
          {"complete", table.complete}};
}

ExitCode exit_code(const MatrixTable& table) {
  ExitCode code = table.complete ? ExitCode::as_expected : ExitCode::interrupted;
  for (const Cell& cell : table.cells)
    if (!is_good(cell) && (cell.measured || cell.scenario == nullptr))
      code = worse(code, ExitCode::finding);
  for (const Fixed& fixed : table.fixed) {
    if (fixed.verdict() == Verdict::finding) code = worse(code, ExitCode::finding);
    if (fixed.verdict() == Verdict::inconclusive) code = worse(code, ExitCode::inconclusive);
    for (const RunResult* result : {&fixed.random, &fixed.verified, &fixed.dfs}) {
      if (result->campaign.internal_error) code = worse(code, ExitCode::our_bug);
      if (result->campaign.diverged) code = worse(code, ExitCode::nondeterminism);
    }
  }
  return code;
}

}  // namespace heddle::cli
