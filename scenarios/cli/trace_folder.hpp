// Where a campaign's traces go: FOLDER/<scenario>/<fingerprint>.trace. A finding is written as soon
// as it is known, so that nothing is lost with the process, and again in its last form.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/exit_code.hpp"
#include "scenarios/cli/exploration.hpp"

namespace heddle::cli {

class TraceFolder {
 public:
  /// A scenario that `plan` has in several variants has a folder for each of them.
  /// @throws InputError if traces are wanted and cannot be written there.
  TraceFolder(const ExploringOptions& options, const std::vector<Planned>& plan);

  /// As it was found; what lies there of an earlier campaign stays.
  void keep_early(const Planned& planned, const sim::Report& report);
  /// The campaign is over: writes the traces of its findings to explored.traces, "" for those that
  /// are not kept, and takes away what keep_early() wrote and is no finding of it after all.
  void keep(Explored& explored);

  /// What failing to write came to. The first failure was complained about; then nothing is kept.
  ExitCode code() const { return code_; }

 private:
  std::string path(const Planned& planned, const std::string& fingerprint) const;
  bool write(const std::string& path, const std::string& trace);

  std::string folder_;
  bool wanted_;
  std::set<const scenarios::Scenario*> in_variants_;
  std::set<std::string> early_;  // written by keep_early() of this campaign
  ExitCode code_ = ExitCode::as_expected;
};

}  // namespace heddle::cli
