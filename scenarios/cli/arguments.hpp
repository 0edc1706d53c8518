// The command line as values: what was asked for, with every option checked and every default
// filled in. The verbs' help texts are in arguments.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/cli/filter.hpp"
#include "scenarios/cli/report_option.hpp"
#include "scenarios/cli/shard_option.hpp"
#include "scenarios/cli/strategy_option.hpp"
#include "scenarios/cli/variant.hpp"
#include "scenarios/registry/runner.hpp"
#include "sim/machine/config.hpp"

namespace heddle::cli {

inline constexpr std::uint64_t default_seed = 0x5EED;
inline constexpr const char* default_trace_folder = "heddle-out";
inline constexpr const char* default_corpus_folder = "traces/corpus";

/// The default of --jobs: results are the same under any number.
std::uint32_t usable_cpus();

struct ListOptions {
  std::vector<std::string> filters;
  bool names = false;  ///< nothing else
  std::string json;
};

/// What one campaign is to be: which variant, what chooses, how much.
struct CampaignSettings {
  VariantOption variant;
  StrategyOption strategy;
  /// All schedules, with this reduction: `strategy`, `seed` and `workloads` say nothing then.
  std::optional<sim::Reduction> exhaust;
  std::optional<std::uint32_t> preemptions;  ///< with searches only
  std::uint64_t seed = default_seed;
  std::optional<std::uint64_t> executions;        ///< default: the scenario's own
  std::optional<std::uint64_t> execution;         ///< just this one
  std::optional<std::uint64_t> workloads;         ///< generated ones; default: the scenario's own
  std::string workload;                           ///< just this one
  std::optional<std::chrono::milliseconds> time;  ///< for each scenario
  std::optional<sim::Interleave> interleave;      ///< default: the scenario's own
};

/// What `run` and `verify` share.
struct ExploringOptions {
  std::vector<std::string> filters;
  ShardOption shard;
  std::string resume;  ///< file of what is done; "": none is kept
  std::string trace_folder = default_trace_folder;
  bool traces = true;
  bool snapshots = true;
  bool quiet = false;
  ReportOptions output;
};

struct RunOptions : ExploringOptions {
  CampaignSettings settings;
  std::string suite;        ///< instead of filters and settings
  std::uint64_t seeds = 1;  ///< as many campaigns of each scenario
  std::uint32_t jobs = usable_cpus();
  bool fail_fast = false;
  bool pages = false;  ///< beside each trace
  bool minimise = true;
};

struct VerifyOptions : ExploringOptions {
  CampaignSettings settings;
  std::uint32_t jobs = 1;
};

struct MergeOptions {
  std::vector<std::string> inputs;  ///< files of --json, or folders with such
  ReportOptions output;
};

struct ReplayOptions {
  std::string trace;
  std::optional<std::uint64_t> until;
  bool turning_point = false;
  bool gdb = false;   ///< in a debugger
  bool here = false;  ///< in this process, which a debugger watches
};

struct DiffOptions {
  std::string trace;
  std::string other;   ///< "": the nearest execution without the finding
  std::string output;  ///< where that one goes; "": nowhere
  bool ascii = false;  ///< ASCII characters only
  std::string json;
};

struct CorpusOptions {
  enum class Task : std::uint8_t { verify, add, prune };
  Task task = Task::verify;
  std::string folder = default_corpus_folder;
  std::vector<std::string> traces;  ///< add
  std::string model;                ///< add: of each of its defects that has none
  bool dry_run = false;             ///< prune
  bool redraw = false;              ///< verify
  bool quiet = false;
  std::string json;
};

struct MinimiseOptions {
  std::string trace;
  std::string output;  ///< default: TRACE with .min before its ending
  bool quiet = false;
  std::string json;
};

struct ShowOptions {
  std::string trace;
  std::string beside;  ///< html: another trace on the same page
  std::string format = "lanes";
  bool ascii = false;  ///< lanes and table: ASCII characters only
  std::string output;  ///< default: standard output
};

struct MatrixOptions {
  std::string model;
  std::uint64_t seed = default_seed;
  std::optional<std::uint64_t> executions;  ///< for each switch; default: the scenario's own
  std::optional<std::chrono::milliseconds> time_per_switch;
  std::uint32_t jobs = usable_cpus();
  bool quiet = false;
  std::string json;
};

struct DeterminismOptions {
  std::vector<std::string> filters;
  std::uint64_t seed = default_seed;
  std::uint64_t executions = 20;
};

/// Text to print on stdout; nothing else is to be done.
struct Answer {
  std::string text;
};

using Request = std::variant<Answer, ListOptions, RunOptions, VerifyOptions, ReplayOptions,
                             MinimiseOptions, DiffOptions, CorpusOptions, ShowOptions,
                             MatrixOptions, DeterminismOptions, MergeOptions>;

/// @throws InputError if the arguments make no sense.
Request parse_arguments(int count, const char* const* arguments);

}  // namespace heddle::cli
