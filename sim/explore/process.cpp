#include "sim/explore/process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/core/check.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {

Child::Child(const std::function<void(int socket)>& body) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    refused_by_system("no pair of sockets; raise the limit of `ulimit -n`");
  std::fflush(nullptr);  // else the child would write out the same text once more
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) refused_by_system("no further process; raise the limit of `ulimit -u`");
  if (pid_ != 0) {
    close(ends[1]);
    socket_ = ends[0];
    return;
  }
  close(ends[0]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  // Terminals and `timeout` send these to all processes; the parent decides what they mean.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  body(ends[1]);
  std::fflush(nullptr);
  _exit(0);
}

Child::~Child() {
  if (pid_ > 0) {
    kill();
    wait();
  }
  close(socket_);
}

void Child::kill() { ::kill(pid_, SIGKILL); }

double Child::cpu_s() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::optional<Death> Child::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return Death{Death::Cause::signal, WTERMSIG(status)};
  if (WEXITSTATUS(status) != 0) return Death{Death::Cause::exit, WEXITSTATUS(status)};
  return std::nullopt;
}

ChildResult call_in_child(const std::function<std::string()>& function, double cpu_s,
                          const std::function<void()>& meanwhile) {
  using Clock = std::chrono::steady_clock;
  Child child([&](int socket) { wire::Writer(wire::Type::bytes).text(function()).send(socket); });
  const Clock::time_point start = Clock::now();
  wire::Inbox inbox;
  ChildResult result;
  bool arrived = false;
  bool hangs = false;
  for (bool open = true; open;) {
    pollfd waiting{child.socket(), POLLIN, 0};
    if (poll(&waiting, 1, 100) > 0)
      open = inbox.receive(child.socket());
    else if (meanwhile)
      meanwhile();
    while (auto message = inbox.next()) {
      result.bytes = message->text();
      arrived = message->ok() && message->type() == wire::Type::bytes;
    }
    const double wall_s = std::chrono::duration<double>(Clock::now() - start).count();
    if (open && (wall_s > 10 * cpu_s || child.cpu_s() > cpu_s)) {
      hangs = true;
      break;
    }
  }
  if (hangs) child.kill();
  result.death = child.wait();
  if (hangs) result.death = Death{Death::Cause::hang, 0};
  if (!arrived && !result.death) result.death = Death{Death::Cause::exit, 0};
  return result;
}

}  // namespace heddle::sim
