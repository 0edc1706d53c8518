// Progress on stderr: a line that is rewritten on a terminal, else a line every ten seconds.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace heddle::cli {

class Progress {
 public:
  /// @param quiet  show nothing at all.
  explicit Progress(bool quiet);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Is it time for a new line? Cheap enough to ask every few milliseconds.
  bool is_due() const;
  /// Shows the line now.
  void show(std::string_view line);
  /// Takes the live line away; called before anything else is printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool live_;
  bool shown_ = false;
  Clock::time_point last_;
};

/// "0.21 s", "1 min 05 s".
std::string duration_text(std::chrono::nanoseconds duration);

}  // namespace heddle::cli
