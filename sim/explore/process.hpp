// Child processes: for what may crash, and for what must be done by a process of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

namespace heddle::sim {

/// How a process was lost, or kept from going on.
struct Death {
  enum class Cause : std::uint8_t {
    signal,  ///< number: the signal
    hang,    ///< it made no choice for too long, and was killed for that
    exit     ///< it ended without having said so; number: its status
  };
  Cause cause = Cause::signal;
  int number = 0;
};

/// A child of this process with a socket between the two.
class Child {
 public:
  /// Forks. `body` runs in the child, with its end of the socket; the child ends when it returns,
  /// and with its parent. The calling process must be single-threaded.
  explicit Child(const std::function<void(int socket)>& body);
  /// Kills the child if it is still there.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  int socket() const { return socket_; }
  void kill();
  /// CPU time that the child has used, in seconds.
  double cpu_s() const;
  /// Waits for the end of the child. @returns nothing if it ended with status 0.
  std::optional<Death> wait();

 private:
  pid_t pid_ = -1;
  int socket_ = -1;
};

struct ChildResult {
  std::string bytes;           ///< what the function returned
  std::optional<Death> death;  ///< instead of bytes
};

/// Calls `function` in a process of its own, and waits for it.
/// @param cpu_s      after so much CPU time, or ten times as much time, it counts as a hang.
/// @param meanwhile  called in this process every 100 ms while the other one works.
ChildResult call_in_child(const std::function<std::string()>& function, double cpu_s,
                          const std::function<void()>& meanwhile = nullptr);

}  // namespace heddle::sim
