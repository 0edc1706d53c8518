// The file of `heddle verify --resume`: where each scenario's search stands. Read at the start if
// it is there, replaced as a whole from time to time, removed when nothing is left to go on with.
//
// Searches are stored as the bytes that they lie in, so only the build that wrote a file reads it.
// Layout: lines of text that say what is verified, and by which build; then "state BYTES CHECKSUM";
// then so many bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/arguments.hpp"
#include "scenarios/cli/exploration.hpp"

namespace heddle::cli {

class Resumption {
 public:
  /// Without --resume nothing is read or kept.
  /// @throws InputError if the file is there but cannot be gone on with: unreadable, damaged, of
  /// another build, or of another verification; the sentence says which.
  Resumption(const VerifyOptions& options, const std::vector<Planned>& plan);

  bool is_wanted() const { return !path_.empty(); }
  /// Where the scenario's search stood; "" if it has not begun.
  const std::string& checkpoint(std::size_t scenario) const { return checkpoints_[scenario]; }
  /// Replaces that, and the file. @throws InputError if it cannot be written.
  void keep(std::size_t scenario, std::string_view checkpoint);
  void remove();

 private:
  void read(std::string_view text);

  std::string path_;
  std::vector<std::string> heading_;      // the lines that a file of this verification begins with
  std::vector<std::string> checkpoints_;  // by scenario of the plan
};

}  // namespace heddle::cli
