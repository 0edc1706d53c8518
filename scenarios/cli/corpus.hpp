// The corpus: a folder of minimised traces, each a bug that was found once. What the verb's three
// tasks share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/exit_code.hpp"
#include "scenarios/registry/runner.hpp"
#include "traces/trace.hpp"

namespace heddle::cli {

/// A file of the corpus.
struct CorpusTrace {
  std::string path;
  std::string text;
  traces::Trace trace;
  std::string error;  ///< "" or why it is none; then `trace` is empty
};

/// All files below the folder that end in .trace, sorted by path.
/// @throws InputError if there is no such folder, or nothing in it.
std::vector<CorpusTrace> read_corpus(const std::string& folder);

/// What has become of a trace.
enum class TraceState : std::uint8_t {
  fails,     ///< as recorded
  differs,   ///< something else is found
  fixed,     ///< the choices fit, and nothing is found
  outdated,  ///< a choice does not fit any more
  broken,    ///< the file is none, or its scenario is not there
};
std::string_view word(TraceState state);

struct CorpusVerdict {
  TraceState state = TraceState::broken;
  std::string text;  ///< a sentence; "" if it fails as recorded
};
CorpusVerdict replayed(scenarios::Runner& runner, const CorpusTrace& trace);

/// A defect of a model that no trace of the corpus is of, alone.
struct Uncovered {
  const scenarios::Model* model = nullptr;
  std::size_t defect = 0;
};
std::vector<Uncovered> uncovered(const std::vector<CorpusTrace>& corpus);

ExitCode add_to_corpus(const CorpusOptions& options);

}  // namespace heddle::cli
