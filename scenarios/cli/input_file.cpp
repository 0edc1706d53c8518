#include "scenarios/cli/input_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace heddle::cli {
namespace {

/// What it is that is no file; "" for a file.
std::string not_a_file(mode_t mode) {
  if (S_ISREG(mode)) return "";
  if (S_ISDIR(mode)) return std::strerror(EISDIR);
  if (S_ISFIFO(mode)) return "it is a pipe, not a file";
  if (S_ISSOCK(mode)) return "it is a socket, not a file";
  return "it is a device, not a file";
}

/// @returns what went wrong.
std::string read_from(int file, std::size_t bytes_max, std::string& text) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return std::strerror(errno);
  if (std::string other = not_a_file(status.st_mode); !other.empty()) return other;
  char buffer[1 << 16];
  while (text.size() <= bytes_max) {
    const ssize_t n = ::read(file, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::strerror(errno);
    if (n == 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return "";
}

}  // namespace

InputFile read_file(const std::string& path, std::size_t bytes_max) {
  InputFile input;
  // To open a pipe would wait for who writes to it.
  const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    input.problem = errno == ENXIO ? not_a_file(S_IFSOCK) : std::strerror(errno);
    return input;
  }
  input.problem = read_from(file, bytes_max, input.text);
  ::close(file);
  return input;
}

}  // namespace heddle::cli
