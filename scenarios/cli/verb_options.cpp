// Each verb's options as CLI11 sees them. What a value has to be, values.hpp and its kin say; what
// options mean together, arguments.cpp.
#include "scenarios/cli/verb_options.hpp"

#include <array>
#include <functional>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/shard_option.hpp"
#include "scenarios/cli/strategy_option.hpp"
#include "scenarios/cli/suite.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/values.hpp"
#include "scenarios/cli/verb_text.hpp"

namespace heddle::cli {
namespace {

constexpr std::uint64_t executions_max = 1'000'000'000'000;
constexpr std::uint64_t preemptions_max = 1'000;
constexpr std::uint64_t workloads_max = 1'000'000'000;
constexpr std::uint64_t seeds_max = 1'000'000;
constexpr std::uint64_t step_max = 1'000'000'000'000;

using Use = std::function<void(const std::string&)>;

/// An option whose value `use` reads; whatever is wrong with the value, `use` says.
void value_option(CLI::App& verb, const std::string& name, const std::string& value,
                  const std::string& help, const Use& use) {
  verb.add_option_function<std::string>(name, use, help)->type_name(value);
}

/// The words of an enum's values, as traces and options spell them.
template <class Enum, std::size_t count>
std::vector<std::string> words_of(const std::array<Enum, count>& values) {
  std::vector<std::string> words;
  for (const Enum value : values) words.emplace_back(word(value));
  return words;
}

void seed_option(CLI::App& verb, std::uint64_t& seed) {
  value_option(verb, "--seed", "HEX",
               fmt::format("Seed of the campaign, hexadecimal [{}]", seed_text(seed)),
               [&](const std::string& text) { seed = parse_hex("--seed", text); });
}

void executions_option(CLI::App& verb, const std::string& help,
                       std::function<void(std::uint64_t)> set) {
  value_option(verb, "--executions", "N", help, [set = std::move(set)](const std::string& text) {
    set(parse_number("--executions", text, 1, executions_max));
  });
}

void jobs_option(CLI::App& verb, std::uint32_t& jobs) {
  value_option(verb, "--jobs,-j", "N", "Worker processes; results do not depend on it [one a CPU]",
               [&](const std::string& text) {
                 jobs = static_cast<std::uint32_t>(parse_number("--jobs", text, 1, jobs_max));
               });
}

void json_option(CLI::App& verb, std::string& json) {
  value_option(verb, "--json", "FILE", "Write the table as JSON as well; - is standard output",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--json takes a file name, or - for stdout");
                 json = text;
               });
}

/// --json FILE is short for --report json=FILE.
void report_options(CLI::App& verb, ReportOptions& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--report",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts)
              add_report_target(options, parse_report("--report", text));
          },
          fmt::format("Write this as well, - is stdout: {}", fmt::join(report_words(), ", ")))
      ->type_name("FORMAT=FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  value_option(verb, "--json", "FILE", "Short for --report json=FILE",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--json takes a file name, or - for stdout");
                 add_report_target(options, {ReportFormat::json, text});
               });
  value_option(verb, "--junit", "FILE", "Short for --report junit=FILE",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--junit takes a file name, or - for stdout");
                 add_report_target(options, {ReportFormat::junit, text});
               });
}

void filters(CLI::App& verb, std::vector<std::string>& filters) {
  verb.add_option("FILTER", filters, "A glob on scenario names, or a part of a name")
      ->type_name("");
}

void trace_argument(CLI::App& verb, std::string& trace) {
  verb.add_option("TRACE", trace, "A file that `heddle run` wrote")->type_name("");
}

void add_list(CLI::App& root, ListOptions& options) {
  CLI::App& verb = *root.add_subcommand("list", "Show the scenarios and what they must find");
  filters(verb, options.filters);
  verb.add_flag("--names", options.names, "Names alone, one a line");
  json_option(verb, options.json);
  verb.footer("Example:\n  heddle list 'lu_ref/*'");
}

/// What `run` and `verify` share.
void exploring_options(CLI::App& verb, ExploringOptions& options, const std::string& quiet) {
  value_option(
      verb, "--shard", "I/N",
      "Just part I of N equal parts; */N: the job array's task says which [all]",
      [&](const std::string& text) { options.shard = parse_shard_option("--shard", text); });
  value_option(verb, "--resume", "FILE",
               "Go on from FILE if it is there; keep in it what is done, until all is",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--resume takes a file name");
                 options.resume = text;
               });
  value_option(verb, "--trace-dir", "DIR",
               fmt::format("Where traces of findings go [{}]", options.trace_folder),
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--trace-dir takes a folder");
                 options.trace_folder = text;
               });
  verb.add_flag_callback(
      "--no-snapshots", [&] { options.snapshots = false; },
      "Run each execution from its start, not from a saved state");
  verb.add_flag_callback("--no-trace", [&] { options.traces = false; }, "Write no traces");
  verb.add_flag("--quiet,-q", options.quiet, quiet);
  report_options(verb, options.output);
}

void run_what_options(CLI::App& verb, RunOptions& options) {
  value_option(verb, "--variant", "V",
               "posted: the patch's defects; fixed: none; or ids: REF-1,REF-2 [posted]",
               [&](const std::string& text) {
                 options.settings.variant = parse_variant("--variant", text);
               });
  value_option(verb, "--strategy", "S",
               fmt::format("What chooses, see below; pct:5 gives pct's number [{}]",
                           options.settings.strategy.text()),
               [&](const std::string& text) {
                 options.settings.strategy = parse_strategy("--strategy", text);
               });
  value_option(
      verb, "--preemptions", "N", "With dfs and ipb: at most N preemptions [the scenario's]",
      [&](const std::string& text) {
        options.settings.preemptions =
            static_cast<std::uint32_t>(parse_number("--preemptions", text, 0, preemptions_max));
      });
  value_option(verb, "--interleave", "W",
               "Plain accesses that are steps: sync (none), racy or all [the scenario's]",
               [&](const std::string& text) {
                 constexpr std::array kinds = {sim::Interleave::sync, sim::Interleave::racy,
                                               sim::Interleave::all};
                 options.settings.interleave =
                     kinds[parse_word("--interleave", text, words_of(kinds))];
               });
}

void run_workload_options(CLI::App& verb, RunOptions& options) {
  value_option(verb, "--workloads", "N",
               "Generate N workloads, and explore each with the budget [the scenario's]",
               [&](const std::string& text) {
                 options.settings.workloads = parse_number("--workloads", text, 1, workloads_max);
               });
  value_option(verb, "--workload", "TEXT", "Explore just this workload, as traces have it",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--workload takes the text of a workload");
                 options.settings.workload = text;
               });
}

void run_how_much_options(CLI::App& verb, RunOptions& options) {
  seed_option(verb, options.settings.seed);
  executions_option(verb, "At most N executions of each scenario [the scenario's]",
                    [&](std::uint64_t n) { options.settings.executions = n; });
  value_option(verb, "--execution", "K", "Just execution K of the campaign; 0 is the first",
               [&](const std::string& text) {
                 options.settings.execution = parse_number("--execution", text, 0, executions_max);
               });
  value_option(
      verb, "--time", "T", "At most this long for each scenario: 500ms, 60s, 5m, 2h",
      [&](const std::string& text) { options.settings.time = parse_duration("--time", text); });
  jobs_option(verb, options.jobs);
  value_option(verb, "--seeds", "N",
               "N campaigns of each scenario, of the seeds from --seed on [1]",
               [&](const std::string& text) {
                 options.seeds = parse_number("--seeds", text, 1, seeds_max);
               });
  verb.add_flag("--fail-fast", options.fail_fast, "Stop at the first scenario not as expected");
}

void run_output_options(CLI::App& verb, RunOptions& options) {
  verb.add_flag_callback(
      "--no-minimize", [&] { options.minimise = false; },
      "Leave schedules and workloads of findings as they are");
  verb.add_flag("--html", options.pages, "Write a page beside each trace, to open in a browser");
}

void add_run(CLI::App& root, RunOptions& options) {
  CLI::App& verb = *root.add_subcommand("run",
                                        "Explore scenarios and hold what is found against "
                                        "what is expected");
  filters(verb, options.filters);
  value_option(
      verb, "--suite", "SUITE",
      fmt::format("The campaigns of a TOML file, or of {}", fmt::join(shipped_suite_names(), ", ")),
      [&](const std::string& text) {
        if (text.empty()) throw InputError("--suite takes a file, or a suite's name");
        options.suite = text;
      });
  run_what_options(verb, options);
  run_workload_options(verb, options);
  run_how_much_options(verb, options);
  run_output_options(verb, options);
  exploring_options(verb, options, "No progress, no schedule");
  verb.footer(strategies_help() +
              "\nExample:\n  heddle run 'lu_ref/*' --variant fixed --executions 10000"
              "\n  heddle run --suite smoke --report junit=report.xml");
}

void add_verify(CLI::App& root, VerifyOptions& options) {
  options.settings.exhaust = sim::Reduction::optimal;
  CLI::App& verb = *root.add_subcommand(
      "verify", "Explore all schedules of scenarios, with one execution for each trace");
  filters(verb, options.filters);
  value_option(verb, "--variant", "V",
               "posted: the patch's defects; fixed: none; or ids: REF-1,REF-2 [posted]",
               [&](const std::string& text) {
                 options.settings.variant = parse_variant("--variant", text);
               });
  value_option(verb, "--reduction", "R", "none, sleep, source, optimal or states [optimal]",
               [&](const std::string& text) {
                 constexpr std::array kinds = {sim::Reduction::none, sim::Reduction::sleep,
                                               sim::Reduction::source, sim::Reduction::optimal,
                                               sim::Reduction::states};
                 options.settings.exhaust = kinds[parse_word("--reduction", text, words_of(kinds))];
               });
  value_option(verb, "--preemptions", "N",
               "Only traces that some order of steps has with at most N preemptions [all]",
               [&](const std::string& text) {
                 options.settings.preemptions = static_cast<std::uint32_t>(
                     parse_number("--preemptions", text, 0, preemptions_max));
               });
  value_option(
      verb, "--interleave", "W", "Plain accesses that are steps: sync (none) or all [sync]",
      [&](const std::string& text) {
        constexpr std::array kinds = {sim::Interleave::sync, sim::Interleave::all};
        options.settings.interleave = kinds[parse_word("--interleave", text, words_of(kinds))];
      });
  executions_option(verb, "At most N executions of each scenario [all]",
                    [&](std::uint64_t n) { options.settings.executions = n; });
  value_option(
      verb, "--time", "T", "At most this long for each scenario: 500ms, 60s, 5m, 2h",
      [&](const std::string& text) { options.settings.time = parse_duration("--time", text); });
  value_option(verb, "--jobs,-j", "N", "Worker processes; results do not depend on it [1]",
               [&](const std::string& text) {
                 options.jobs =
                     static_cast<std::uint32_t>(parse_number("--jobs", text, 1, jobs_max));
               });
  exploring_options(verb, options, "No progress");
  verb.footer(
      "Example:\n  heddle verify lu_ref/fini_races_del --variant fixed --time 60s\n"
      "  heddle verify lu_ref/two_readers --variant fixed --resume two_readers.state");
}

void add_completion(CLI::App& root, std::string& shell) {
  CLI::App& verb =
      *root.add_subcommand("completion", "Print completions for a shell: bash, zsh or fish");
  verb.add_option("SHELL", shell, fmt::format("{}", fmt::join(shells(), ", ")))->type_name("");
  verb.footer("Example:\n  source <(heddle completion bash)");
}

/// Its task, the word that follows the verb, is taken by parse_arguments(), as that of corpus is.
void add_report(CLI::App& root, MergeOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "report", "Put reports of shards together: report merge FILE-OR-FOLDER...");
  verb.add_option("INPUT", options.inputs, "A file of --json, or a folder with such")
      ->type_name("");
  report_options(verb, options.output);
  verb.footer("Example:\n  heddle report merge shards/ --report junit=report.xml --json all.json");
}

void add_replay(CLI::App& root, ReplayOptions& options) {
  CLI::App& verb = *root.add_subcommand("replay", "Run a trace again, step by step as recorded");
  trace_argument(verb, options.trace);
  value_option(verb, "--until", "STEP", "Stop after this step", [&](const std::string& text) {
    options.until = parse_number("--until", text, 1, step_max);
  });
  verb.add_flag("--turning-point", options.turning_point,
                "Mark the step from which the finding can no longer be avoided");
  verb.add_flag("--gdb", options.gdb, "In gdb, stopped at the step of --until [1]");
  verb.add_flag("--here", options.here, "In this process, for debuggers; --until is where to stop");
  verb.footer("Example:\n  heddle replay heddle-out/canary/lost_update/8c1f….trace --until 12");
}

void add_minimize(CLI::App& root, MinimiseOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "minimize", "Make a trace smaller, workload and schedule, with the same finding");
  trace_argument(verb, options.trace);
  value_option(verb, "--output,-o", "FILE",
               "For the smaller trace; - is standard output [TRACE, ending .min.trace]",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--output takes a file name, or - for stdout");
                 options.output = text;
               });
  verb.add_flag("--quiet,-q", options.quiet, "No progress");
  json_option(verb, options.json);
  verb.footer(
      "Example:\n  heddle minimize heddle-out/canary/lost_update/8c1f….trace -o small.trace");
}

void add_diff(CLI::App& root, DiffOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "diff", "Show where two executions part: two traces, or a trace and the nearest that passes");
  trace_argument(verb, options.trace);
  verb.add_option("OTHER", options.other, "Another one of the same scenario [the nearest passing]")
      ->type_name("");
  value_option(verb, "--output,-o", "FILE", "Where the nearest passing execution goes, as a trace",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--output takes a file name");
                 options.output = text;
               });
  verb.add_flag("--ascii", options.ascii, "ASCII characters only");
  json_option(verb, options.json);
  verb.footer("Example:\n  heddle diff traces/corpus/lu_ref/churn_by_key/b-invariant.trace");
}

/// Its task, the word that follows the verb, is taken by parse_arguments(): one is a verb, too.
void add_corpus(CLI::App& root, CorpusOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "corpus", "Keep traces of bugs: corpus verify, corpus add TRACE, corpus prune");
  verb.add_option("TRACE", options.traces, "add: files that `heddle run` wrote")->type_name("");
  value_option(verb, "--corpus", "DIR", fmt::format("Where the traces are [{}]", options.folder),
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--corpus takes a folder");
                 options.folder = text;
               });
  value_option(verb, "--model", "MODEL", "add: look for each of its defects that has no trace",
               [&](const std::string& text) { options.model = text; });
  verb.add_flag("--dry-run", options.dry_run, "prune: say what would be removed, remove nothing");
  verb.add_flag("--redraw", options.redraw,
                "verify: draw lanes anew in the file where they would differ now");
  verb.add_flag("--quiet,-q", options.quiet, "No progress");
  json_option(verb, options.json);
  verb.footer(
      "Examples:\n  heddle corpus verify\n"
      "  heddle corpus add heddle-out/canary/lost_update/8c1f….trace --corpus my/traces\n"
      "  heddle corpus add --model lu_ref");
}

void add_show(CLI::App& root, ShowOptions& options) {
  CLI::App& verb = *root.add_subcommand("show", "Show a trace, as text, as a page, or for tools");
  trace_argument(verb, options.trace);
  verb.add_option("BESIDE", options.beside, "With html: another trace, shown beside it")
      ->type_name("");
  const std::vector<std::string>& words = show_formats();
  value_option(verb, "--format", "F",
               fmt::format("{} [{}]", fmt::join(words, ", "), options.format),
               [&](const std::string& text) {
                 options.format = words[parse_word("--format", text, words)];
               });
  value_option(verb, "--output,-o", "FILE", "Where it goes; - is standard output [-]",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--output takes a file name, or - for stdout");
                 options.output = text == "-" ? "" : text;
               });
  verb.add_flag("--ascii", options.ascii, "With lanes and table: ASCII characters only");
  verb.footer(
      "Example:\n  heddle show heddle-out/canary/lost_update/8c1f….trace --format html -o "
      "page.html");
}

void add_matrix(CLI::App& root, MatrixOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "matrix", "Measure which scenario finds which defect of a model, each defect alone");
  verb.add_option("MODEL", options.model, "A model, as in `heddle list`")->type_name("");
  seed_option(verb, options.seed);
  executions_option(verb,
                    "At most N sampled, and N searched, for a cell or workload [the scenario's]",
                    [&](std::uint64_t n) { options.executions = n; });
  value_option(verb, "--time-per-switch", "T", "At most this long for each cell",
               [&](const std::string& text) {
                 options.time_per_switch = parse_duration("--time-per-switch", text);
               });
  jobs_option(verb, options.jobs);
  verb.add_flag("--quiet,-q", options.quiet, "No progress");
  json_option(verb, options.json);
  verb.footer("Example:\n  heddle matrix lu_ref --jobs 2 --json matrix.json");
}

void add_determinism(CLI::App& root, DeterminismOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "check-determinism", "Run each scenario twice, in two processes, and compare every event");
  filters(verb, options.filters);
  seed_option(verb, options.seed);
  executions_option(verb, fmt::format("Executions of each scenario [{}]", options.executions),
                    [&](std::uint64_t n) { options.executions = n; });
  verb.footer("Example:\n  heddle check-determinism > fingerprints.txt");
}

}  // namespace

void add_verbs(CLI::App& root, VerbOptions& all) {
  add_list(root, all.list);
  add_run(root, all.run);
  add_verify(root, all.verify);
  add_replay(root, all.replay);
  add_minimize(root, all.minimise);
  add_diff(root, all.diff);
  add_corpus(root, all.corpus);
  add_show(root, all.show);
  add_matrix(root, all.matrix);
  add_report(root, all.merge);
  add_determinism(root, all.determinism);
  add_completion(root, all.shell);
}

}  // namespace heddle::cli
