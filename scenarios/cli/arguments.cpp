#include "scenarios/cli/arguments.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <sched.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/named_file.hpp"
#include "scenarios/cli/nearest.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/values.hpp"
#include "scenarios/cli/verb_options.hpp"
#include "scenarios/cli/verb_text.hpp"
#include "scenarios/cli/version.hpp"

namespace heddle::cli {
namespace {

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
    if (extra.starts_with("-="))  // what is left of -q=yes
      throw InputError(
          fmt::format("{}: an option of one letter takes no '{}' (see `heddle help {}`)",
                      verb.get_name(), extra.substr(1), verb.get_name()));
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
  if (text.ends_with("flag override")) {  // which is an ArgumentMismatch, too
    const std::string flag = text.substr(0, text.find(' '));
    problem = fmt::format("{}{} takes no value", flag.size() == 1 ? "-" : "--", flag);
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr)
    problem = fmt::format("'{}' takes no value", text.substr(text.find('-')));
  throw InputError(
      fmt::format("{}: {} (see `heddle help {}`)", verb.get_name(), problem, verb.get_name()));
}

void need(bool given, std::string_view sentence) {
  if (!given) throw InputError(std::string(sentence));
}

std::vector<NamedFile> named_files(const ReportOptions& reports) {
  std::vector<NamedFile> files;
  for (const ReportTarget& target : reports.targets)
    files.push_back({option_of(target), target.path});
  return files;
}

void check_files(const ExploringOptions& options, const std::string& suite) {
  std::vector<NamedFile> files = named_files(options.output);
  files.push_back({"--resume", options.resume});
  files.push_back({"--suite", suite});
  check_apart(files);
}

/// What the options mean together.
void check_together(const VerifyOptions& verify) {
  check_files(verify, "");
  need(!verify.filters.empty(),
       "verify needs a filter: a scenario's name, a part of it or a glob "
       "(`heddle verify '*'` verifies all)");
  need(verify.resume.empty() || verify.settings.exhaust != sim::Reduction::states,
       "--resume and --reduction states exclude each other: addresses are part of a state, which "
       "another process has not");
}

/// A suite says all of this itself.
void check_suite_alone(const CLI::App& verb) {
  for (const char* option :
       {"--variant", "--strategy", "--preemptions", "--interleave", "--workloads", "--workload",
        "--seed", "--executions", "--execution", "--time", "--seeds"})
    need(verb.get_option(option)->count() == 0,
         fmt::format("{} and --suite exclude each other: the suite says it itself", option));
}

void check_together(const RunOptions& run) {
  check_files(run, run.suite);
  const CampaignSettings& settings = run.settings;
  need(!run.filters.empty() || !run.suite.empty(),
       "run needs a filter: a scenario's name, a part of it or a glob "
       "(`heddle run '*'` runs all); or --suite");
  need(!settings.preemptions || !settings.strategy.samples(),
       "--preemptions bounds searches: add --strategy dfs or --strategy ipb, or leave it out");
  need(!settings.execution || settings.strategy.samples(),
       "--execution picks one of a sampling campaign: leave out --strategy " +
           settings.strategy.text());
  need(!settings.execution || !settings.executions,
       "--execution and --executions exclude each other");
  need(!settings.execution || run.seeds == 1, "--execution and --seeds exclude each other");
  need(run.seeds == 1 || settings.strategy.samples(),
       "--seeds is for strategies that sample: leave out --strategy " + settings.strategy.text());
  need(!settings.workloads || settings.workload.empty(),
       "--workloads and --workload exclude each other");
  need(!run.pages || run.traces, "--html writes pages beside traces: leave out --no-trace");
}

/// Without --shard, a job array may say it.
void complete(ExploringOptions& options) {
  if (options.shard.source.empty()) options.shard = shard_of_environment();
  add_reports_of_environment(options.output);
}

void check_together(const ShowOptions& show) {
  need(!show.trace.empty(), "show needs a trace file (`heddle run` writes them)");
  need(show.beside.empty() || show.format == "html",
       fmt::format("show has no use for '{}': only --format html shows two traces", show.beside));
  need(!show.ascii || show.format == "lanes" || show.format == "table",
       fmt::format("--ascii is for lanes and table, not for {}", show.format));
  check_apart({{"the trace", show.trace}, {"--output", show.output}});
  check_apart({{"the other trace", show.beside}, {"--output", show.output}});
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
  check_apart({{"the trace", diff.trace}, {"--output", diff.output}, {"--json", diff.json}});
  check_apart({{"the other trace", diff.other}, {"--json", diff.json}});
}

CorpusOptions::Task corpus_task(const std::string& text) {
  need(!text.empty(), "corpus needs a task: verify, add or prune");
  static const std::vector<std::string> tasks = {"verify", "add", "prune"};
  return static_cast<CorpusOptions::Task>(parse_word("corpus", text, tasks));
}

void check_report_task(const std::string& text) {
  need(!text.empty(), "report needs a task: merge");
  static const std::vector<std::string> tasks = {"merge"};
  parse_word("report", text, tasks);
}

void check_together(const MergeOptions& merge) {
  need(!merge.inputs.empty(), "report merge needs files of --json, or folders with such");
  for (const std::string& input : merge.inputs) {  // which may be given twice
    std::vector<NamedFile> files = named_files(merge.output);
    files.push_back({"a report to merge", input});
    check_apart(files);
  }
}

void check_together(const MinimiseOptions& minimise) {
  need(!minimise.trace.empty(), "minimize needs a trace file (`heddle run` writes them)");
  // The smaller trace may take the place of the larger one.
  check_apart({{"the trace", minimise.trace}, {"--json", minimise.json}});
  check_apart({{"--output", minimise.output}, {"--json", minimise.json}});
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

Request request(const std::string& verb, VerbOptions&& all) {
  if (verb == "list") return std::move(all.list);
  if (verb == "run") {
    check_together(all.run);
    complete(all.run);
    return std::move(all.run);
  }
  if (verb == "verify") {
    check_together(all.verify);
    complete(all.verify);
    return std::move(all.verify);
  }
  if (verb == "replay") {
    check_together(all.replay);
    return std::move(all.replay);
  }
  if (verb == "minimize") {
    check_together(all.minimise);
    return std::move(all.minimise);
  }
  if (verb == "diff") {
    check_together(all.diff);
    return std::move(all.diff);
  }
  if (verb == "corpus") {
    all.corpus.task = corpus_task(all.task);
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
  if (verb == "report") {
    check_report_task(all.task);
    check_together(all.merge);
    add_reports_of_environment(all.merge.output);
    return std::move(all.merge);
  }
  if (verb == "completion") {
    need(!all.shell.empty(),
         fmt::format("completion needs a shell: {}", fmt::join(shells(), ", ")));
    parse_word("completion", all.shell, shells());
    return Answer{completion(all.shell, verb_texts())};
  }
  return std::move(all.determinism);
}

void build(CLI::App& root, VerbOptions& all) {
  root.get_formatter()->column_width(26);
  root.option_defaults()->always_capture_default(false);
  add_verbs(root, all);
  for (CLI::App* verb : root.get_subcommands(nullptr)) {
    verb->allow_extras();
    verb->set_help_flag("-h,--help", "Show this");
    for (CLI::Option* option : verb->get_options([](CLI::Option*) { return true; }))
      if (option->get_items_expected_max() == 0) option->disable_flag_override();
  }
  root.add_subcommand("help", "Show this, or a verb's options")->set_help_flag();
}

}  // namespace

std::uint32_t usable_cpus() {
  cpu_set_t cpus;
  if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
  return static_cast<std::uint32_t>(std::clamp<int>(CPU_COUNT(&cpus), 1, jobs_max));
}

std::vector<VerbText> verb_texts() {
  VerbOptions all;
  CLI::App root{"", "heddle"};
  build(root, all);
  std::vector<VerbText> verbs;
  for (const CLI::App* app : root.get_subcommands(nullptr)) {
    VerbText verb{app->get_name(), app->get_description(), {}, {}, app->get_footer()};
    for (const CLI::Option* option : app->get_options()) {
      OptionText text{{}, option->get_type_name(), option->get_description()};
      for (const std::string& name : option->get_lnames()) text.names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) text.names.push_back("-" + name);
      if (!text.names.empty()) {
        verb.options.push_back(std::move(text));
        continue;
      }
      text.names.push_back(option->get_name(true));
      verb.arguments.push_back(std::move(text));
    }
    verbs.push_back(std::move(verb));
  }
  return verbs;
}

Request parse_arguments(int count, const char* const* arguments) {
  VerbOptions all;
  CLI::App root{"", "heddle"};
  build(root, all);
  std::vector<std::string> words(arguments + (count > 0 ? 1 : 0), arguments + count);
  if (words.empty())
    throw InputError(
        fmt::format("say what to do: {} (see `heddle help`)", fmt::join(verb_names(root), ", ")));
  if (words[0] == "--version") return Answer{version_text()};
  if (words[0] == "--help" || words[0] == "-h" || (words[0] == "help" && words.size() == 1))
    return Answer{overview(root)};
  if (words[0] == "help" && words.size() == 2 && words[1] == "--man")
    return Answer{manual_page(verb_texts())};
  if (words[0] == "help" && words.size() == 2 && words[1] == "--markdown")
    return Answer{options_page(verb_texts())};
  if (words[0] == "help" && words.size() > 2)
    throw InputError("help takes one verb (see `heddle help`)");
  if (words[0] == "help") return Answer{find_verb(root, words[1]).help("heddle")};

  CLI::App& verb = find_verb(root, words[0]);
  if ((words[0] == "corpus" || words[0] == "report") && words.size() > 1 &&
      !words[1].starts_with("-")) {
    all.task = words[1];
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
  if (!all.run.suite.empty()) check_suite_alone(verb);
  return request(verb.get_name(), std::move(all));
}

}  // namespace heddle::cli
