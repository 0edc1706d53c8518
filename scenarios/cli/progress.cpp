#include "scenarios/cli/progress.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "scenarios/cli/output.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {
constexpr std::chrono::milliseconds live_interval{100};
constexpr std::chrono::seconds plain_interval{10};
}  // namespace

Progress::Progress(bool quiet)
    : quiet_(quiet), live_(is_live_terminal(stderr)), last_(Clock::now()) {}

bool Progress::is_due() const {
  if (quiet_) return false;
  const auto passed = Clock::now() - last_;
  return live_ ? passed >= live_interval : passed >= plain_interval;
}

void Progress::show(std::string_view line) {
  if (quiet_) return;
  last_ = Clock::now();
  if (!live_) {
    put_on_stderr(std::string(line) + '\n');
    return;
  }
  std::string fitted(line);
  const std::size_t columns = text_columns() - 1;
  if (width(fitted) > columns && fitted.size() > columns) fitted.resize(columns);
  put_on_stderr(fmt::format("\r{}\x1b[K", fitted));
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  put_on_stderr("\r\x1b[K");
  shown_ = false;
}

std::string duration_text(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(seconds);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

}  // namespace heddle::cli
