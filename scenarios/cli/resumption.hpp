// The file of --resume: what is done of each campaign of a run, or where each search of a
// verification stands. Read at the start if it is there, replaced as a whole from time to time,
// removed when nothing is left to go on with.
//
// Searches are stored as the bytes that they lie in, so only the build that wrote a file reads it.
// Layout: lines of text that say what is explored, and by which build; then "state BYTES CHECKSUM";
// then so many bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::cli {

class Resumption {
 public:
  /// @param path       "": nothing is read or kept.
  /// @param noun       of what: "verification", "run".
  /// @param facts      what has to be the same to go on, as "--option value".
  /// @param campaigns  the plan, a line each: name first.
  /// @throws InputError if the file is there but cannot be gone on with: unreadable, damaged, of
  /// another build, or of something else; the sentence says which.
  Resumption(std::string path, std::string noun, const std::vector<std::string>& facts,
             const std::vector<std::string>& campaigns);

  bool is_wanted() const { return !path_.empty(); }
  /// Is there a file to go on from?
  bool is_kept() const { return is_kept_; }
  /// What was kept of the campaign; "" if nothing was.
  const std::string& checkpoint(std::size_t campaign) const { return checkpoints_[campaign]; }
  /// Replaces that, and the file. @throws InputError if it cannot be written.
  void keep(std::size_t campaign, std::string_view checkpoint);
  void remove();

 private:
  void read(std::string_view text);

  /// Why a file with the line `found` where this one has `expected` is not of it.
  std::string difference(std::string_view found, std::string_view expected) const;

  std::string path_;
  bool is_kept_ = false;
  std::string noun_;
  std::vector<std::string> heading_;      // the lines that a file of this one begins with
  std::vector<std::string> checkpoints_;  // by campaign of the plan
};

}  // namespace heddle::cli
