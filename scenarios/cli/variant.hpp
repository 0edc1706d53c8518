// Which defects of its model a scenario runs with, and what it must then find.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/exit_code.hpp"
#include "scenarios/registry/scenario.hpp"

namespace heddle::cli {

/// --variant: what the posted patch has, nothing, or just the named defects.
struct VariantOption {
  enum class Form : std::uint8_t { posted, fixed, named };
  Form form = Form::posted;
  std::vector<std::string> ids;  ///< with `named`: at least one, as they were given
};
/// "posted", "fixed", or ids and names of defects with commas between. @throws InputError.
VariantOption parse_variant(std::string_view option, std::string_view text);

/// A variant, applied to one scenario.
struct AppliedVariant {
  scenarios::DefectBits defects = 0;
  std::string name;  ///< "posted", "fixed", "REF-1,REF-2"; "" for a scenario without a model

  /// Of each group, at least one kind must be found. No group: nothing may be found.
  std::vector<std::vector<sim::FindingKind>> expected;
  /// Where nothing may be found: nothing may have been left out either.
  bool exhaustive = false;

  /// The name in a table: "-" if there is none.
  std::string_view shown_name() const { return name.empty() ? std::string_view("-") : name; }
};
/// @throws InputError if the scenario's model has no such defect, with near ids.
AppliedVariant apply(const VariantOption& variant, const scenarios::Scenario& scenario);
/// The variant with the model's defect `index` alone switched on.
AppliedVariant apply_alone(const scenarios::Scenario& scenario, int index);

/// What a campaign came to, held against what was expected.
enum class Judgement : std::uint8_t { as_expected, unexpected, missing, inconclusive };

/// @param found    the kinds of all findings.
/// @param settled  without findings: is that a result, or was a limit reached?
Judgement judge(const AppliedVariant& applied, const std::vector<sim::FindingKind>& found,
                bool settled);
ExitCode exit_code(Judgement judgement);

/// Is `kind` in one of the groups?
bool is_expected(const AppliedVariant& applied, sim::FindingKind kind);
/// "data_race or use_after_free, and leak"; "nothing".
std::string describe_expected(const AppliedVariant& applied);

}  // namespace heddle::cli
