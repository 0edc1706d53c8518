// The verbs and their options as text, for everything that is made from them: the manual page, the
// reference in docs/options.md, completions.
#pragma once

#include <string>
#include <vector>

namespace heddle::cli {

struct OptionText {
  std::vector<std::string> names;  ///< "--jobs", "-j"; an argument: "TRACE"
  std::string value;               ///< "N"; "" if it takes none
  std::string help;
};

struct VerbText {
  std::string name;
  std::string summary;
  std::vector<OptionText> arguments;
  std::vector<OptionText> options;
  std::string footer;  ///< examples; for some verbs a table before them
};

/// As `heddle help` orders them.
std::vector<VerbText> verb_texts();

/// The manual page, in man(7).
std::string manual_page(const std::vector<VerbText>& verbs);
/// docs/options.md.
std::string options_page(const std::vector<VerbText>& verbs);

/// The shells that completions are made for.
const std::vector<std::string>& shells();
/// A script that the shell reads. @pre `shell` is one of shells().
std::string completion(const std::string& shell, const std::vector<VerbText>& verbs);

}  // namespace heddle::cli
