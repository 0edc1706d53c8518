#include "scenarios/cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sched.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/strategy_option.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "scenarios/cli/values.hpp"
#include "scenarios/cli/version.hpp"

namespace heddle::cli {
namespace {

constexpr std::uint64_t executions_max = 1'000'000'000'000;
constexpr int jobs_max = 256;
constexpr std::uint64_t preemptions_max = 1'000;
constexpr std::uint64_t workloads_max = 1'000'000'000;
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
  json_option(verb, options.json);
  verb.footer("Example:\n  heddle list 'lu_ref/*'");
}

void run_what_options(CLI::App& verb, RunOptions& options) {
  value_option(
      verb, "--variant", "V",
      "posted: the patch's defects; fixed: none; or ids: LU-1,LU-2 [posted]",
      [&](const std::string& text) { options.variant = parse_variant("--variant", text); });
  value_option(
      verb, "--strategy", "S",
      fmt::format("What chooses, see below; pct:5 gives pct's number [{}]",
                  options.strategy.text()),
      [&](const std::string& text) { options.strategy = parse_strategy("--strategy", text); });
  value_option(
      verb, "--preemptions", "N", "With dfs and ipb: at most N preemptions [the scenario's]",
      [&](const std::string& text) {
        options.preemptions =
            static_cast<std::uint32_t>(parse_number("--preemptions", text, 0, preemptions_max));
      });
  value_option(verb, "--interleave", "W",
               "Plain accesses that are steps: sync (none), racy or all [the scenario's]",
               [&](const std::string& text) {
                 constexpr std::array kinds = {sim::Interleave::sync, sim::Interleave::racy,
                                               sim::Interleave::all};
                 options.interleave = kinds[parse_word("--interleave", text, words_of(kinds))];
               });
}

void run_workload_options(CLI::App& verb, RunOptions& options) {
  value_option(verb, "--workloads", "N",
               "Generate N workloads, and explore each with the budget [the scenario's]",
               [&](const std::string& text) {
                 options.workloads = parse_number("--workloads", text, 1, workloads_max);
               });
  value_option(verb, "--workload", "TEXT", "Explore just this workload, as traces have it",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--workload takes the text of a workload");
                 options.workload = text;
               });
}

void run_how_much_options(CLI::App& verb, RunOptions& options) {
  seed_option(verb, options.seed);
  executions_option(verb, "At most N executions of each scenario [the scenario's]",
                    [&](std::uint64_t n) { options.executions = n; });
  value_option(verb, "--execution", "K", "Just execution K of the campaign; 0 is the first",
               [&](const std::string& text) {
                 options.execution = parse_number("--execution", text, 0, executions_max);
               });
  value_option(verb, "--time", "T", "At most this long for each scenario: 500ms, 60s, 5m, 2h",
               [&](const std::string& text) { options.time = parse_duration("--time", text); });
  jobs_option(verb, options.jobs);
  value_option(verb, "--shard", "I/N", "Just part I of N equal parts of the selection",
               [&](const std::string& text) { options.shard = parse_shard("--shard", text); });
  verb.add_flag("--fail-fast", options.fail_fast, "Stop at the first scenario not as expected");
}

void run_output_options(CLI::App& verb, RunOptions& options) {
  value_option(verb, "--trace-dir", "DIR",
               fmt::format("Where traces of findings go [{}]", options.trace_folder),
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--trace-dir takes a folder");
                 options.trace_folder = text;
               });
  verb.add_flag_callback(
      "--no-minimize", [&] { options.minimise = false; },
      "Leave schedules and workloads of findings as they are");
  verb.add_flag_callback("--no-trace", [&] { options.traces = false; }, "Write no traces");
  verb.add_flag("--html", options.pages, "Write a page beside each trace, to open in a browser");
  verb.add_flag("--quiet,-q", options.quiet, "No progress, no schedule");
  json_option(verb, options.json);
}

void add_run(CLI::App& root, RunOptions& options) {
  CLI::App& verb = *root.add_subcommand("run",
                                        "Explore scenarios and hold what is found against "
                                        "what is expected");
  filters(verb, options.filters);
  run_what_options(verb, options);
  run_workload_options(verb, options);
  run_how_much_options(verb, options);
  run_output_options(verb, options);
  verb.footer(strategies_help() +
              "\nExample:\n  heddle run 'lu_ref/*' --variant fixed --executions 10000");
}

void add_verify(CLI::App& root, VerifyOptions& options) {
  CLI::App& verb = *root.add_subcommand(
      "verify", "Explore all schedules of scenarios, with one execution for each trace");
  filters(verb, options.filters);
  value_option(
      verb, "--variant", "V",
      "posted: the patch's defects; fixed: none; or ids: LU-1,LU-2 [posted]",
      [&](const std::string& text) { options.variant = parse_variant("--variant", text); });
  value_option(verb, "--reduction", "R", "none, sleep, source or optimal [optimal]",
               [&](const std::string& text) {
                 constexpr std::array kinds = {sim::Reduction::none, sim::Reduction::sleep,
                                               sim::Reduction::source, sim::Reduction::optimal};
                 options.reduction = kinds[parse_word("--reduction", text, words_of(kinds))];
               });
  value_option(verb, "--preemptions", "N", "With --reduction none: at most N preemptions",
               [&](const std::string& text) {
                 options.preemptions = static_cast<std::uint32_t>(
                     parse_number("--preemptions", text, 0, preemptions_max));
               });
  value_option(verb, "--interleave", "W",
               "Plain accesses that are steps: sync (none) or all [sync]",
               [&](const std::string& text) {
                 constexpr std::array kinds = {sim::Interleave::sync, sim::Interleave::all};
                 options.interleave = kinds[parse_word("--interleave", text, words_of(kinds))];
               });
  executions_option(verb, "At most N executions of each scenario [all]",
                    [&](std::uint64_t n) { options.executions = n; });
  value_option(verb, "--time", "T", "At most this long for each scenario: 500ms, 60s, 5m, 2h",
               [&](const std::string& text) { options.time = parse_duration("--time", text); });
  value_option(verb, "--trace-dir", "DIR",
               fmt::format("Where traces of findings go [{}]", options.trace_folder),
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--trace-dir takes a folder");
                 options.trace_folder = text;
               });
  value_option(verb, "--jobs,-j", "N", "Worker processes; results do not depend on it [1]",
               [&](const std::string& text) {
                 options.jobs =
                     static_cast<std::uint32_t>(parse_number("--jobs", text, 1, jobs_max));
               });
  value_option(verb, "--resume", "FILE",
               "Go on from FILE if it is there; keep in it what is done, until all is",
               [&](const std::string& text) {
                 if (text.empty()) throw InputError("--resume takes a file name");
                 options.resume = text;
               });
  verb.add_flag_callback("--no-trace", [&] { options.traces = false; }, "Write no traces");
  verb.add_flag("--quiet,-q", options.quiet, "No progress");
  json_option(verb, options.json);
  verb.footer(
      "Example:\n  heddle verify lu_ref/fini_races_del --variant fixed --time 60s\n"
      "  heddle verify lu_ref/two_readers --variant fixed --resume two_readers.state");
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
               "Where the smaller trace goes; - is standard output [TRACE, ending .min.trace]",
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
  verb.add_flag(
      "--redraw", options.redraw,
      "verify: where lanes would be drawn in another way now, draw them anew in the file");
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
  executions_option(verb, "At most N executions of each cell or workload [the scenario's]",
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

/// The text of `heddle help`.
std::string overview(const CLI::App& root) {
  Table verbs({"  verb", "what it does"});
  for (const CLI::App* verb : root.get_subcommands(nullptr))
    verbs.add({"  " + verb->get_name(), verb->get_description()});
  std::string table = verbs.text(100);
  table.erase(0, table.find('\n') + 1);
  return fmt::format(
      "heddle runs concurrent systems code deterministically and explores its schedules.\n\n"
      "Usage: heddle VERB [ARGUMENTS] [OPTIONS]\n\nVerbs:\n{}\n"
      "`heddle help VERB` shows a verb's options and an example.\n\n"
      "Exit codes:\n"
      "  0  everything as expected            4  nothing selected\n"
      "  1  a finding, or an expected one     5  nondeterminism\n"
      "     that did not come                70  a bug of heddle\n"
      "  2  bad usage or input              130  interrupted, results so far are reported\n"
      "  3  inconclusive: a limit was reached\n",
      table);
}

std::vector<std::string> verb_names(const CLI::App& root) {
  std::vector<std::string> names;
  for (const CLI::App* verb : root.get_subcommands(nullptr)) names.push_back(verb->get_name());
  return names;
}

CLI::App& find_verb(CLI::App& root, const std::string& name) {
  const std::vector<std::string> names = verb_names(root);
  for (const std::string& known : names)
    if (known == name) return *root.get_subcommand(name);
  const bool option = name.starts_with("-");
  throw InputError(fmt::format("unknown {} '{}'{} (verbs: {})", option ? "option" : "verb", name,
                               option ? ", a verb comes first" : did_you_mean(name, names),
                               fmt::join(names, ", ")));
}

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// Whatever the verb has no use for.
void refuse_extras(const CLI::App& verb) {
  for (const std::string& extra : verb.remaining()) {
    if (extra == "--") continue;
    const std::string name = extra.substr(0, extra.find('='));
    if (extra.starts_with("-"))
      throw InputError(fmt::format("{} has no option '{}'{} (see `heddle help {}`)",
                                   verb.get_name(), name, did_you_mean(name, option_names(verb)),
                                   verb.get_name()));
    throw InputError(fmt::format("{} has no use for '{}' (see `heddle help {}`)", verb.get_name(),
                                 extra, verb.get_name()));
  }
}

/// The library's complaints, in our words; those about values are ours already.
[[noreturn]] void complain_about(const CLI::App& verb, const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::string option = text.substr(0, text.find(':'));
  std::string problem = text;
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    problem = text.find("required") != text.npos && text.find("missing") != text.npos
                  ? option + " needs a value"
                  : option + " is given more than once";
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    problem = fmt::format("'{}' takes no value", text.substr(text.find('-')));
  throw InputError(
      fmt::format("{}: {} (see `heddle help {}`)", verb.get_name(), problem, verb.get_name()));
}

void need(bool given, std::string_view sentence) {
  if (!given) throw InputError(std::string(sentence));
}

/// What the options mean together.
void check_together(const VerifyOptions& verify) {
  need(!verify.filters.empty(),
       "verify needs a filter: a scenario's name, a part of it or a glob "
       "(`heddle verify '*'` verifies all)");
  need(!verify.preemptions || verify.reduction == sim::Reduction::none,
       "--preemptions bounds a search without reduction: add --reduction none or leave it out");
}

void check_together(const RunOptions& run) {
  need(!run.filters.empty(),
       "run needs a filter: a scenario's name, a part of it or a glob "
       "(`heddle run '*'` runs all)");
  need(!run.preemptions || !run.strategy.samples(),
       "--preemptions bounds searches: add --strategy dfs or --strategy ipb, or leave it out");
  need(!run.execution || run.strategy.samples(),
       "--execution picks one of a sampling campaign: leave out --strategy " + run.strategy.text());
  need(!run.execution || !run.executions, "--execution and --executions exclude each other");
  need(!run.workloads || run.workload.empty(), "--workloads and --workload exclude each other");
  need(!run.pages || run.traces, "--html writes pages beside traces: leave out --no-trace");
}

void check_together(const ShowOptions& show) {
  need(!show.trace.empty(), "show needs a trace file (`heddle run` writes them)");
  need(show.beside.empty() || show.format == "html",
       fmt::format("show has no use for '{}': only --format html shows two traces", show.beside));
  need(!show.ascii || show.format == "lanes" || show.format == "table",
       fmt::format("--ascii is for lanes and table, not for {}", show.format));
}

void check_together(const ReplayOptions& replay) {
  need(!replay.trace.empty(), "replay needs a trace file (`heddle run` writes them)");
  need(replay.gdb + replay.here + replay.turning_point < 2,
       "--gdb, --here and --turning-point exclude each other");
}

void check_together(const DiffOptions& diff) {
  need(!diff.trace.empty(), "diff needs a trace file (`heddle run` writes them)");
  need(diff.output.empty() || diff.other.empty(),
       "--output is for the nearest passing execution: leave it or the second trace out");
}

CorpusOptions::Task corpus_task(const std::string& text) {
  need(!text.empty(), "corpus needs a task: verify, add or prune");
  static const std::vector<std::string> tasks = {"verify", "add", "prune"};
  return static_cast<CorpusOptions::Task>(parse_word("corpus", text, tasks));
}

void check_together(const CorpusOptions& corpus) {
  const bool adds = corpus.task == CorpusOptions::Task::add;
  need(adds || (corpus.traces.empty() && corpus.model.empty()),
       "corpus verify and corpus prune take no traces and no --model: --corpus names the folder");
  need(!adds || !corpus.traces.empty() || !corpus.model.empty(),
       "corpus add needs trace files, or --model");
  need(!corpus.dry_run || corpus.task == CorpusOptions::Task::prune,
       "--dry-run is for corpus prune");
  need(!corpus.redraw || corpus.task == CorpusOptions::Task::verify,
       "--redraw is for corpus verify");
}

struct Everything {
  ListOptions list;
  RunOptions run;
  VerifyOptions verify;
  ReplayOptions replay;
  MinimiseOptions minimise;
  DiffOptions diff;
  CorpusOptions corpus;
  std::string corpus_task;
  ShowOptions show;
  MatrixOptions matrix;
  DeterminismOptions determinism;
};

Request request(const std::string& verb, Everything&& all) {
  if (verb == "list") return std::move(all.list);
  if (verb == "run") {
    check_together(all.run);
    return std::move(all.run);
  }
  if (verb == "verify") {
    check_together(all.verify);
    return std::move(all.verify);
  }
  if (verb == "replay") {
    check_together(all.replay);
    return std::move(all.replay);
  }
  if (verb == "minimize") {
    need(!all.minimise.trace.empty(), "minimize needs a trace file (`heddle run` writes them)");
    return std::move(all.minimise);
  }
  if (verb == "diff") {
    check_together(all.diff);
    return std::move(all.diff);
  }
  if (verb == "corpus") {
    all.corpus.task = corpus_task(all.corpus_task);
    check_together(all.corpus);
    return std::move(all.corpus);
  }
  if (verb == "show") {
    check_together(all.show);
    return std::move(all.show);
  }
  if (verb == "matrix") {
    need(!all.matrix.model.empty(),
         "matrix needs a model, such as lu_ref (`heddle list` shows them)");
    return std::move(all.matrix);
  }
  return std::move(all.determinism);
}

void build(CLI::App& root, Everything& all) {
  root.get_formatter()->column_width(26);
  root.option_defaults()->always_capture_default(false);
  add_list(root, all.list);
  add_run(root, all.run);
  add_verify(root, all.verify);
  add_replay(root, all.replay);
  add_minimize(root, all.minimise);
  add_diff(root, all.diff);
  add_corpus(root, all.corpus);
  add_show(root, all.show);
  add_matrix(root, all.matrix);
  add_determinism(root, all.determinism);
  for (CLI::App* verb : root.get_subcommands(nullptr)) {
    verb->allow_extras();
    verb->set_help_flag("-h,--help", "Show this");
  }
  root.add_subcommand("help", "Show this, or a verb's options")->set_help_flag();
}

}  // namespace

std::uint32_t usable_cpus() {
  cpu_set_t cpus;
  if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
  return static_cast<std::uint32_t>(std::clamp<int>(CPU_COUNT(&cpus), 1, jobs_max));
}

Request parse_arguments(int count, const char* const* arguments) {
  Everything all;
  CLI::App root{"", "heddle"};
  build(root, all);
  std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
  if (words.empty())
    throw InputError(
        fmt::format("say what to do: {} (see `heddle help`)", fmt::join(verb_names(root), ", ")));
  if (words[0] == "--version") return Answer{version_text()};
  if (words[0] == "--help" || words[0] == "-h" || (words[0] == "help" && words.size() == 1))
    return Answer{overview(root)};
  if (words[0] == "help" && words.size() > 2)
    throw InputError("help takes one verb (see `heddle help`)");
  if (words[0] == "help") return Answer{find_verb(root, words[1]).help("heddle")};

  CLI::App& verb = find_verb(root, words[0]);
  if (words[0] == "corpus" && words.size() > 1 && !words[1].starts_with("-")) {
    all.corpus_task = words[1];
    words.erase(words.begin() + 1);
  }
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    root.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return Answer{verb.help("heddle")};
  } catch (const CLI::ParseError& error) {
    complain_about(verb, error);
  }
  refuse_extras(verb);
  return request(verb.get_name(), std::move(all));
}

}  // namespace heddle::cli
