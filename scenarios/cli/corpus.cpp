// heddle corpus verify and prune: what has become of the committed traces.
#include "scenarios/cli/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "scenarios/cli/commands.hpp"
#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/interrupt.hpp"
#include "scenarios/cli/output.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/cli/text.hpp"
#include "scenarios/cli/trace_view.hpp"
#include "traces/format.hpp"
#include "traces/lanes.hpp"
#include "traces/story_rows.hpp"

namespace heddle::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::ReplayResult;
using scenarios::Runner;

Json as_json(const std::vector<Uncovered>& missing) {
  Json json = Json::array();
  for (const Uncovered& one : missing)
    json.push_back({{"model", one.model->name}, {"id", one.model->defects[one.defect].id}});
  return json;
}

void tell_uncovered(Results& results, const std::vector<Uncovered>& missing) {
  std::map<std::string, std::vector<std::string_view>> by_model;
  std::vector<std::string_view> whole;
  const auto print = [&](const std::string& line) {
    results.print("{}\n", hang(line, text_columns(), 2));
  };
  for (const Uncovered& one : missing)
    by_model[std::string(one.model->name)].push_back(one.model->defects[one.defect].id);
  for (const scenarios::Model* model : scenarios::all_models()) {
    const auto ids = by_model.find(std::string(model->name));
    if (ids == by_model.end()) continue;
    if (ids->second.size() == model->defects.size())
      whole.push_back(model->name);
    else
      print(fmt::format("no trace of {}: {}; `heddle corpus add --model {}` looks for them",
                        model->name, fmt::join(ids->second, ", "), model->name));
  }
  if (!whole.empty())
    print(fmt::format("no trace of any defect of {}; `heddle corpus add --model` looks for them",
                      fmt::join(whole, ", ")));
}

/// Draws the lanes of a trace that still fails anew, and words its message so. @returns whether the
/// file has changed.
bool redraw(Runner& runner, const CorpusTrace& one) {
  const auto render = [&](const traces::Trace& trace, const traces::Recording& recording) {
    traces::Trace drawn = one.trace;
    if (const auto* finding = traces::shown_finding(trace, recording); finding && drawn.finding)
      drawn.finding->message = finding->headline;
    return traces::to_text(drawn, traces::lanes(trace, recording));
  };
  const std::string text = runner.replay(one.text, render).rendering;
  if (text.empty() || text == one.text) return false;
  write_file(one.path, text);
  return true;
}

ExitCode verify(const CorpusOptions& options) {
  const std::vector<CorpusTrace> corpus = read_corpus(options.folder);
  const volatile std::sig_atomic_t* stop = watch_for_interrupts();
  Results results(options.json);
  Progress progress(options.quiet);
  Runner runner;
  Json rows = Json::array();
  std::map<TraceState, std::size_t> count;
  for (const CorpusTrace& one : corpus) {
    if (*stop != 0) break;
    if (progress.is_due())
      progress.show(fmt::format("[{}/{}] {}", rows.size(), corpus.size(), one.path));
    const CorpusVerdict verdict = replayed(runner, one);
    ++count[verdict.state];
    rows.push_back({{"trace", one.path},
                    {"state", word(verdict.state)},
                    {"text", verdict.text},
                    {"scenario", one.trace.scenario},
                    {"variant", one.trace.variant}});
    if (verdict.state == TraceState::fails) {
      if (!options.redraw || !redraw(runner, one)) continue;
      progress.clear();
      results.print("drawn anew         {}\n", printable(one.path));
      continue;
    }
    progress.clear();
    results.print("{:<18} {}\n{:19}{}\n", word(verdict.state), printable(one.path), "",
                  hang(printable_lines(verdict.text), text_columns(), 19));
  }
  progress.clear();
  const std::vector<Uncovered> missing = uncovered(corpus);
  tell_uncovered(results, missing);
  results.print(
      "{}: {} still fail, {} fail in another way, {} fixed, {} no longer apply, {} broken\n",
      counted(rows.size(), "trace", "traces"), count[TraceState::fails], count[TraceState::differs],
      count[TraceState::fixed], count[TraceState::outdated], count[TraceState::broken]);
  if (rows.size() != corpus.size())
    results.print("interrupted: {} not tried\n",
                  counted(corpus.size() - rows.size(), "trace was", "traces were"));
  const bool all_fail = count[TraceState::fails] == corpus.size();
  results.finish({{"traces", rows}, {"missing", as_json(missing)}});
  if (*stop != 0) return ExitCode::interrupted;
  return all_fail ? ExitCode::as_expected : ExitCode::finding;
}

/// What a trace is about: of several that are about the same, one is enough.
auto subject(const CorpusTrace& one) {
  return std::tuple(one.trace.scenario, one.trace.variant,
                    one.trace.finding ? one.trace.finding->fingerprint : std::string());
}

ExitCode prune(const CorpusOptions& options) {
  std::vector<CorpusTrace> corpus = read_corpus(options.folder);
  // Of several about the same, the one with the fewest choices comes first, and stays.
  std::stable_sort(corpus.begin(), corpus.end(), [](const CorpusTrace& a, const CorpusTrace& b) {
    return a.trace.choices.size() < b.trace.choices.size();
  });
  Results results(options.json);
  Runner runner;
  std::set<decltype(subject(corpus.front()))> seen;
  Json removed = Json::array();
  for (const CorpusTrace& one : corpus) {
    if (one.error.empty() && scenarios::find_scenario(one.trace.scenario) == nullptr) {
      results.print("left {}: {} is a scenario of another program\n", printable(one.path),
                    printable(one.trace.scenario));
      continue;
    }
    const CorpusVerdict verdict = replayed(runner, one);
    std::string reason;
    if (verdict.state == TraceState::outdated || verdict.state == TraceState::broken)
      reason = word(verdict.state);
    else if (!seen.insert(subject(one)).second)
      reason = "there is a smaller one";
    if (reason.empty()) continue;
    if (!options.dry_run) {
      std::error_code error;
      if (!fs::remove(one.path, error) && error)
        throw InputError(fmt::format("cannot remove '{}': {}", one.path, error.message()));
    }
    results.print("{} {}: {}\n", options.dry_run ? "would remove" : "removed", printable(one.path),
                  reason);
    removed.push_back({{"trace", one.path}, {"reason", reason}});
  }
  results.print("{} of {} removed\n", options.dry_run ? 0 : removed.size(),
                counted(corpus.size(), "trace", "traces"));
  results.finish({{"removed", removed}, {"dry_run", options.dry_run}});
  return ExitCode::as_expected;
}

}  // namespace

std::vector<CorpusTrace> read_corpus(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (std::error_code unknown;
        entry->path().extension() == ".trace" && !entry->is_directory(unknown))
      paths.push_back(entry->path().lexically_normal().string());
  if (error)
    throw InputError(fmt::format("cannot read the corpus '{}': {}; --corpus names its folder",
                                 folder, error.message()));
  if (paths.empty())
    throw InputError(fmt::format("there is no trace in '{}'", folder), ExitCode::nothing_selected);
  std::sort(paths.begin(), paths.end());
  std::vector<CorpusTrace> corpus;
  for (const std::string& path : paths) {
    CorpusTrace& one = corpus.emplace_back();
    one.path = path;
    one.text = read_trace_text(path);
    traces::Result<traces::Trace> read = traces::from_text(one.text, path);
    if (read)
      one.trace = *std::move(read);
    else
      one.error = read.error();
  }
  return corpus;
}

std::string_view word(TraceState state) {
  constexpr std::string_view words[] = {"still fails", "fails differently", "fixed",
                                        "no longer applies", "broken"};
  return words[static_cast<std::size_t>(state)];
}

CorpusVerdict replayed(Runner& runner, const CorpusTrace& trace) {
  if (!trace.error.empty()) return {TraceState::broken, trace.error};
  const ReplayResult result = runner.replay(trace.text);
  switch (result.kind) {
    case ReplayResult::Kind::same:
      return {TraceState::fails, ""};
    case ReplayResult::Kind::different:
      return {result.findings.empty() ? TraceState::fixed : TraceState::differs, result.text};
    case ReplayResult::Kind::diverged:
      return {TraceState::outdated, result.text};
    case ReplayResult::Kind::lost:
      throw InputError(fmt::format("cannot replay '{}': {}", trace.path, result.text));
    case ReplayResult::Kind::unreadable:
      break;
  }
  return {TraceState::broken, result.text};
}

std::vector<Uncovered> uncovered(const std::vector<CorpusTrace>& corpus) {
  std::vector<Uncovered> missing;
  for (const scenarios::Model* model : scenarios::all_models())
    for (std::size_t i = 0; i < model->defects.size(); ++i) {
      if (model->defects[i].kind == scenarios::DefectInfo::Kind::design) continue;
      const bool is_there = std::any_of(corpus.begin(), corpus.end(), [&](const CorpusTrace& one) {
        const scenarios::Scenario* scenario = scenarios::find_scenario(one.trace.scenario);
        return scenario != nullptr && scenario->model == model &&
               one.trace.variant == model->defects[i].id;
      });
      if (!is_there) missing.push_back({model, i});
    }
  return missing;
}

ExitCode perform(const CorpusOptions& options) {
  switch (options.task) {
    case CorpusOptions::Task::verify:
      return verify(options);
    case CorpusOptions::Task::prune:
      return prune(options);
    case CorpusOptions::Task::add:
      break;
  }
  return add_to_corpus(options);
}

}  // namespace heddle::cli
