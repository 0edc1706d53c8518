// What the bpf_test_run scenarios share: a kernel, users with memory of their own, programs, and
// what must hold of every call.
#pragma once

#include <array>
#include <cstdint>

#include "models/bpf_test_run/test_run.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::bpf_test_run {

namespace kernel = sim::kernel;
using namespace models::bpf_test_run;
using sim::Cpu;
using sim::World;
using FindingKind = sim::FindingKind;

extern const Model model;

/// A user's memory. What a call asks for is set up in it by choice or by hand.
struct UserSpace {
  static constexpr std::uint32_t packet_bytes = 8;
  static constexpr std::uint32_t context_bytes_max = 2 * page_bytes;

  Attributes attributes;
  char packet[packet_bytes];
  char packet_out[packet_bytes];
  char context[context_bytes_max];
  char context_out[sizeof(Context)];
};

/// What the results hold before a call.
inline constexpr std::uint32_t untouched = 0xEEEE'EEEE;
inline constexpr Results no_results{untouched, untouched, untouched, untouched};
/// An address at which no user has memory.
inline void* unmapped() { return reinterpret_cast<void*>(std::uintptr_t{4096}); }
/// How long a program computes.
inline constexpr std::uint64_t program_ns = 1'000;

/// One user with its program, and what the program did.
struct User {
  UserSpace* space = nullptr;
  Program program;
  Process process;
  std::uint32_t runs = 0;          ///< of the program
  std::uint32_t signalled_at = 0;  ///< in which run the program signals its own task; 0: never
};

class Subject {
 public:
  Subject(World& world, DefectBits defects, int locked_limit = 100);

  /// A user, whose attributes ask for one run with all that can be had. @pre called by the set-up.
  /// `maps`: which kinds of storage its program uses, as bits.
  User& user(std::uint32_t maps);
  /// The system call, as a user that checks everything makes it. @returns what it returned.
  int call(User& user, Kind kind);
  /// The same for the functions as they were before.
  TestRun& before() { return before_; }
  TestRun& kernel() { return kernel_; }
  World& world() { return world_; }
  /// Pages of storage that are there. A step.
  int pages_in_memory() const { return kernel::atomic_read(&in_memory_); }
  /// When all tasks have ended: nothing is charged and nobody's storage is left.
  void finish_at_end();

  /// What must hold when the kernel returns to a user.
  void check_returned(const User& user);
  void check_results(const User& user, Kind kind, int result);

 private:
  World& world_;
  TestRun& kernel_;
  TestRun& before_;
  kernel::Account& locked_;
  kernel::atomic_t& in_memory_;
  std::array<Map, storage_kinds>& maps_;
};

/// A cgroup's program, with its storage attached.
struct Cgroup {
  Subject& subject;
  User& user;
  StorageArray storage{};

  Cgroup(Subject& s, User& u, bool with_storage) : subject(s), user(u) {
    if (!with_storage) return;
    for (std::size_t kind = 0; kind < storage_kinds; ++kind)
      storage[kind] = s.kernel().allocate_storage(u.program, kind);
  }
  void run() { subject.kernel().run_in_cgroup(user.program, storage, nullptr); }
  /// The cgroup goes.
  void detach() {
    for (Storage* each : storage) subject.kernel().free_storage(each);
  }
};

}  // namespace heddle::scenarios::bpf_test_run
