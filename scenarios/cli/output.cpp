#include "scenarios/cli/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

namespace fs = std::filesystem;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

[[noreturn]] void cannot_write(const fs::path& path, int error) {
  throw InputError(fmt::format("cannot write '{}': {}", path.string(), std::strerror(error)));
}

/// The nearest folder above `path` that exists must let us create things in it.
/// @returns 0 or the errno of what forbids it.
int forbidden(fs::path path) {
  std::error_code error;
  for (;;) {
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) return ::access(path.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
    if (fs::exists(status)) return ENOTDIR;
    if (error && error != std::errc::no_such_file_or_directory) return error.value();
    path = path.has_parent_path() && path.parent_path() != path ? path.parent_path() : ".";
  }
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Devices and pipes are written to, never replaced.
void write_in_place(const fs::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) cannot_write(path, errno);
  const bool good = write_all(file, content);
  const int cause = errno;
  ::close(file);
  if (!good) cannot_write(path, cause);
}

}  // namespace

void put_on_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool is_live_terminal(std::FILE* stream) {
  const char* term = std::getenv("TERM");
  return ::isatty(fileno(stream)) != 0 && term != nullptr && std::string_view(term) != "dumb" &&
         *term != '\0';
}

bool wants_colour(std::FILE* stream) {
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0")
    return true;
  return is_live_terminal(stream);
}

std::size_t text_columns() {
  constexpr long most = 120;
  constexpr long least = 60;
  long columns = 100;
  winsize size{};
  if (is_set("COLUMNS"))
    columns = std::strtol(std::getenv("COLUMNS"), nullptr, 10);
  else if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
    columns = size.ws_col;
  return static_cast<std::size_t>(std::clamp(columns, least, most));
}

Results::Results(std::string json)
    : json_(std::move(json)),
      stream_(json_ == "-" ? stderr : stdout),
      colour_(wants_colour(stream_)) {
  if (!json_.empty() && json_ != "-") check_writable_file("--json", json_);
}

Results::Results(bool stdout_taken)
    : stream_(stdout_taken ? stderr : stdout), colour_(wants_colour(stream_)) {}

void Results::put(std::string_view text) {
  if (copy_ != nullptr) *copy_ += text;
  if (std::fwrite(text.data(), 1, text.size(), stream_) == text.size() && std::fflush(stream_) == 0)
    return;
  throw InputError(
      fmt::format("cannot write the results to standard output: {}", std::strerror(errno)));
}

std::string without_colour(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t escape = text.find("\x1b[");
    plain += text.substr(0, escape);
    if (escape == text.npos) break;
    const std::size_t end = text.find('m', escape);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return plain;
}

std::string Results::toned(Tone tone, std::string_view word) const {
  if (!colour_) return std::string(word);
  const int code = tone == Tone::good ? 32 : tone == Tone::bad ? 31 : 33;
  return fmt::format("\x1b[1;{}m{}\x1b[0m", code, word);
}

std::string Results::headline(const sim::Report& report, std::size_t indent) const {
  const std::string kind = upper(word(report.kind));
  std::string text = hang(kind + "  " + printable_lines(report.message), text_columns(), indent);
  return text.replace(0, kind.size(), toned(Tone::bad, kind));
}

void Results::finish(const Json& document) {
  if (json_.empty()) return;
  const std::string text = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (json_ != "-") return write_file(json_, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw InputError(
        fmt::format("cannot write the JSON to standard output: {}", std::strerror(errno)));
}

void write_file(const fs::path& given, std::string_view content) {
  std::error_code error;
  const fs::file_status status = fs::status(given, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(given, content);
  // A link stays one: what it points to is replaced.
  const fs::path path = fs::is_symlink(given, error) ? fs::weakly_canonical(given, error) : given;
  if (error && error != std::errc::no_such_file_or_directory) cannot_write(given, error.value());
  fs::create_directories(parent_of(path), error);
  if (error) cannot_write(path, error.value());
  std::string temporary = path.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) cannot_write(path, errno);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool good = write_all(file, content) && ::fchmod(file, 0666 & ~mask) == 0;
  int cause = errno;
  if (::close(file) != 0 && good) {
    good = false;
    cause = errno;
  }
  if (good && ::rename(temporary.c_str(), path.c_str()) != 0) {
    good = false;
    cause = errno;
  }
  if (good) return;
  ::unlink(temporary.c_str());
  cannot_write(path, cause);
}

void check_writable_file(std::string_view option, const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool unknown = error && error != std::errc::no_such_file_or_directory;
  const int cause = fs::is_directory(status) ? EISDIR
                    : unknown                ? error.value()
                                             : forbidden(parent_of(path));
  if (cause != 0)
    throw InputError(
        fmt::format("{}: cannot write '{}': {}; give a file in a folder you may write "
                    "to",
                    option, path.string(), std::strerror(cause)));
}

void check_writable_folder(std::string_view option, const fs::path& path) {
  const int cause = forbidden(path);
  if (cause != 0)
    throw InputError(fmt::format("{}: cannot write to folder '{}': {}; give another one", option,
                                 path.string(), std::strerror(cause)));
}

void complain(std::string_view sentence) {
  std::fflush(stdout);
  put_on_stderr(fmt::format("heddle: {}\n", printable(sentence)));
}

}  // namespace heddle::cli
