#include "scenarios/cli/variant.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"

namespace heddle::cli {
namespace {

using scenarios::DefectBits;
using scenarios::Expectation;
using scenarios::Model;
using scenarios::Scenario;
using sim::FindingKind;

bool contains(const std::vector<FindingKind>& kinds, FindingKind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// The kinds that the expectations for any of `defects` name, in their order, each once.
std::vector<FindingKind> kinds_for(const Scenario& scenario, DefectBits defects) {
  std::vector<FindingKind> kinds;
  for (const Expectation& expectation : scenario.expectations) {
    if ((defects >> expectation.defect & 1) == 0) continue;
    for (const FindingKind kind : expectation.kinds)
      if (!contains(kinds, kind)) kinds.push_back(kind);
  }
  return kinds;
}

void expect_one_of(AppliedVariant& applied, std::vector<FindingKind> kinds) {
  if (!kinds.empty()) applied.expected.push_back(std::move(kinds));
}

int find_defect(const Scenario& scenario, const std::string& id) {
  if (scenario.model == nullptr)
    throw InputError(
        fmt::format("{} has no model, so it has no defect '{}': leave it out or use "
                    "--variant posted",
                    scenario.name, id));
  const Model& model = *scenario.model;
  const int index = model.find(id);
  if (index >= 0) return index;
  std::vector<std::string> known = {"posted", "fixed"};
  std::string ids;
  for (const scenarios::DefectInfo& defect : model.defects) {
    known.emplace_back(defect.id);
    known.emplace_back(defect.name);
    ids += fmt::format("{}{}", ids.empty() ? "" : ", ", defect.id);
  }
  throw InputError(fmt::format("model {} (of {}) has no defect '{}'{} (it has: {})", model.name,
                               scenario.name, id, did_you_mean(id, known),
                               ids.empty() ? "none" : ids));
}

}  // namespace

VariantOption parse_variant(std::string_view option, std::string_view text) {
  if (text == "posted") return {VariantOption::Form::posted, {}};
  if (text == "fixed") return {VariantOption::Form::fixed, {}};
  VariantOption variant{VariantOption::Form::named, {}};
  std::string_view rest = text;
  for (;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view id = rest.substr(0, comma);
    if (id.empty() || id == "posted" || id == "fixed")
      throw InputError(fmt::format(
          "{} takes posted, fixed, or ids of defects with commas between, not '{}'", option, text));
    variant.ids.emplace_back(id);
    if (comma == rest.npos) return variant;
    rest.remove_prefix(comma + 1);
  }
}

AppliedVariant apply(const VariantOption& variant, const Scenario& scenario) {
  AppliedVariant applied;
  if (variant.form == VariantOption::Form::named) {
    for (const std::string& id : variant.ids) {
      const AppliedVariant alone = apply_alone(scenario, find_defect(scenario, id));
      if ((applied.defects & alone.defects) != 0) continue;
      applied.defects |= alone.defects;
      applied.name += (applied.name.empty() ? "" : ",") + alone.name;
      for (const auto& group : alone.expected) applied.expected.push_back(group);
    }
    return applied;
  }
  if (scenario.model == nullptr) {
    for (const FindingKind kind : scenario.always) applied.expected.push_back({kind});
    return applied;
  }
  const bool posted = variant.form == VariantOption::Form::posted;
  applied.name = posted ? "posted" : "fixed";
  applied.defects = posted ? scenario.model->posted() : 0;
  expect_one_of(applied, kinds_for(scenario, applied.defects));
  return applied;
}

AppliedVariant apply_alone(const Scenario& scenario, int index) {
  AppliedVariant applied;
  applied.defects = DefectBits{1} << index;
  applied.name = scenario.model->defects[static_cast<std::size_t>(index)].id;
  expect_one_of(applied, kinds_for(scenario, applied.defects));
  return applied;
}

Judgement judge(const AppliedVariant& applied, const std::vector<FindingKind>& found,
                bool settled) {
  if (applied.expected.empty()) {
    if (!found.empty()) return Judgement::unexpected;
    return settled ? Judgement::as_expected : Judgement::inconclusive;
  }
  const bool all = std::all_of(
      applied.expected.begin(), applied.expected.end(), [&](const std::vector<FindingKind>& group) {
        return std::any_of(group.begin(), group.end(),
                           [&](FindingKind k) { return contains(found, k); });
      });
  return all ? Judgement::as_expected : Judgement::missing;
}

ExitCode exit_code(Judgement judgement) {
  switch (judgement) {
    case Judgement::as_expected:
      return ExitCode::as_expected;
    case Judgement::unexpected:
    case Judgement::missing:
      return ExitCode::finding;
    case Judgement::inconclusive:
      return ExitCode::inconclusive;
  }
  return ExitCode::our_bug;
}

bool is_expected(const AppliedVariant& applied, FindingKind kind) {
  return std::any_of(applied.expected.begin(), applied.expected.end(),
                     [&](const std::vector<FindingKind>& group) { return contains(group, kind); });
}

std::string describe_expected(const AppliedVariant& applied) {
  if (applied.expected.empty()) return applied.exhaustive ? "nothing, exhaustively" : "nothing";
  std::string text;
  for (const auto& group : applied.expected) {
    if (!text.empty()) text += ", and ";
    if (group.size() == sim::finding_kind_count) {
      text += "any finding";
      continue;
    }
    for (std::size_t i = 0; i < group.size(); ++i)
      text += fmt::format("{}{}", i == 0 ? "" : " or ", sim::word(group[i]));
  }
  return text;
}

}  // namespace heddle::cli
