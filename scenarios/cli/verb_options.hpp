// The verbs' options as a tree of CLI11, which parsing, help, completions and manual page share.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "scenarios/cli/arguments.hpp"

namespace heddle::cli {

inline constexpr int jobs_max = 256;

/// Where the tree puts what it parses.
struct VerbOptions {
  ListOptions list;
  RunOptions run;
  VerifyOptions verify;
  ReplayOptions replay;
  MinimiseOptions minimise;
  DiffOptions diff;
  CorpusOptions corpus;
  ShowOptions show;
  MatrixOptions matrix;
  MergeOptions merge;
  DeterminismOptions determinism;
  std::string task;   ///< the word behind `corpus` and `report`
  std::string shell;  ///< of `completion`
};

/// Adds the verbs to `root`. Their options are written to `all`, which must outlive it.
void add_verbs(CLI::App& root, VerbOptions& all);

}  // namespace heddle::cli
