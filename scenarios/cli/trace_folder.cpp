#include "scenarios/cli/trace_folder.hpp"

#include <filesystem>
#include <map>
#include <system_error>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/output.hpp"

namespace heddle::cli {

TraceFolder::TraceFolder(const ExploringOptions& options, const std::vector<Planned>& plan)
    : folder_(options.trace_folder), wanted_(options.traces) {
  if (wanted_) check_writable_folder("--trace-dir", folder_);
  std::map<const scenarios::Scenario*, std::string> variant;
  for (const Planned& planned : plan) {
    const auto [first, is_new] = variant.emplace(planned.scenario, planned.applied.name);
    if (!is_new && first->second != planned.applied.name) in_variants_.insert(planned.scenario);
  }
}

std::string TraceFolder::path(const Planned& planned, const std::string& fingerprint) const {
  std::filesystem::path path = std::filesystem::path(folder_) / planned.scenario->name;
  if (in_variants_.contains(planned.scenario)) path /= planned.applied.name;
  return (path / (fingerprint + ".trace")).lexically_normal().string();
}

bool TraceFolder::write(const std::string& path, const std::string& trace) {
  if (!wanted_ || code_ != ExitCode::as_expected) return false;
  try {
    write_file(path, trace);
    return true;
  } catch (const InputError& error) {
    complain(fmt::format("{}; traces are not kept from here on", error.what()));
    code_ = error.code();
    return false;
  }
}

void TraceFolder::keep_early(const Planned& planned, const sim::Report& report) {
  const std::string file = path(planned, report.fingerprint);
  std::error_code error;
  if (!wanted_ || report.trace.empty()) return;
  if (!early_.contains(file) && std::filesystem::exists(file, error)) return;
  if (write(file, report.trace)) early_.insert(file);
}

void TraceFolder::keep(Explored& explored) {
  for (const sim::Found& found : explored.result.campaign.findings) {
    const std::string file = path(*explored.planned, found.report.fingerprint);
    const bool kept = write(file, found.report.trace);
    // On a full disk what was written early may still be there.
    const bool is_there = kept || early_.contains(file);
    explored.traces.push_back(is_there ? file : "");
    early_.erase(file);
  }
  std::error_code error;
  for (const std::string& file : early_) std::filesystem::remove(file, error);
  early_.clear();
}

}  // namespace heddle::cli
