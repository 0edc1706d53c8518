// A suite: campaigns that belong together, as a TOML file (docs/suites.md). Reading one checks
// everything in it against the scenarios that there are, so nothing runs of one that is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/exploration.hpp"

namespace heddle::cli {

struct Suite {
  std::string name;
  std::string summary;        ///< one sentence; may be ""
  bool minimise = true;       ///< findings are made smaller
  std::vector<Planned> plan;  ///< in the order of the file; scenarios by name within a campaign
};

/// The suites that heddle brings along, by name.
std::vector<std::string> shipped_suite_names();

/// @param suite  a file, or the name of a suite that heddle brings along.
/// @throws InputError: it is not there, or "FILE:LINE:COLUMN: what is wrong".
Suite load_suite(const std::string& suite);

/// The same of a text, which `file` stands for in messages.
Suite read_suite(std::string_view text, const std::string& file);

}  // namespace heddle::cli
