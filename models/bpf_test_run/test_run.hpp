// BPF_PROG_TEST_RUN: a user has a program run on a packet of its own, so many times, and gets back
// what came of it. A model of the helpers as a patch of July 2019 splits them, in plain code over
// the kernel vocabulary. README.md says what is modelled and what is not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/bpf_test_run/defects.hpp"
#include "sim/kernel/account.hpp"
#include "sim/kernel/local.hpp"
#include "sim/kernel/rcu.hpp"

namespace heddle::models::bpf_test_run {

namespace kernel = sim::kernel;

/// Cgroup storage comes in two kinds: one for all CPUs, or a copy for each.
inline constexpr std::size_t storage_kinds = 2;

/// What a program's local storage is made by.
struct Map {
  kernel::Account* locked;  ///< whom its pages are charged to
  int pages;
  kernel::atomic_t* in_memory;  ///< for checking: all pages that are there, charged or not
};

/// Local storage of a program in a cgroup, or of a test run.
struct Storage {
  kernel::rcu_head rcu;
  kernel::Account* locked;  ///< who is charged; nullptr: nobody any more
  int pages;
  kernel::atomic_t* in_memory;
  std::size_t kind;
  std::uint32_t* data;
};
using StorageArray = std::array<Storage*, storage_kinds>;

/// Who runs the program: time passes for it as it computes and as it sleeps.
struct Process {
  std::uint64_t now_ns = 0;
  std::uint64_t cpu_ns = 0;
  std::uint32_t gave_way = 0;  ///< how often the helper has let others run

  void compute(std::uint64_t ns) { now_ns += ns, cpu_ns += ns; }
  void sleep(std::uint64_t ns) { now_ns += ns; }
};

/// What the bytes of an execution's packet are to the program.
struct Packet {
  char* data;
  std::uint32_t size;  ///< the program may change it within what it was at first
  std::uint32_t priority;
  std::uint32_t cb;
};

class TestRun;
struct Program {
  std::array<Map*, storage_kinds> maps{};  ///< nullptr: it uses no storage of the kind
  /// What it does with whatever it is run on. @returns its verdict.
  std::uint32_t (*code)(Program& program, TestRun& kernel, void* context) = nullptr;
  Process* process = nullptr;

  bool uses_storage() const { return maps[0] != nullptr || maps[1] != nullptr; }
};

/// What a flow dissector finds out about a packet.
struct FlowKeys {
  std::uint32_t offset;  ///< of the network header
  std::uint32_t length;
};

/// The context that a user passes in and gets back (struct __sk_buff).
struct Context {
  std::uint32_t mark;  ///< a field that users may not set
  std::uint32_t priority;
  std::uint32_t cb;
};

/// What the kernel writes into the user's attributes.
struct Results {
  std::uint32_t retval;
  std::uint32_t data_size;
  std::uint32_t duration;
  std::uint32_t context_size;
  friend bool operator==(const Results&, const Results&) = default;
};

/// The system call's argument (union bpf_attr), in the user's memory.
struct Attributes {
  const void* data_in;
  void* data_out;
  const void* context_in;
  void* context_out;
  std::uint32_t data_size_in;
  std::uint32_t data_size_out;  ///< how many bytes the user has room for; 0: it does not say
  std::uint32_t context_size_in;
  std::uint32_t context_size_out;
  std::uint32_t repeat;
  Results results;
};

enum class Kind : std::uint8_t { skb, xdp, flow_dissector };

enum Flag : std::uint32_t { flag_plain = 0, flag_storage = 1 };

/// What is called for each run.
struct Callback {
  std::uint32_t (*run)(Program& program, TestRun& kernel, void* context, void* data) = nullptr;
  void* data = nullptr;
  bool may_sleep = false;  ///< its author says so; it must not, where it is called
};

struct Parameters {
  Defects defects;
  /// The functions as they were before the split.
  bool before = false;
  /// How long a task sleeps when it gives way.
  std::uint64_t sleep_ns = 1'000;
};

inline constexpr std::uint32_t packet_bytes_min = 4;
inline constexpr std::uint32_t page_bytes = 64;

class TestRun {
 public:
  explicit TestRun(const Parameters& parameters) : parameters_(parameters) {}
  /// @returns 0 or -ENOMEM.
  int init();
  void exit();

  /// The system call. @returns 0, or -EINVAL, -EFAULT, -E2BIG, -ENOMEM, -EPERM, -ENOSPC (the packet
  /// or the context is larger than the user's room: what fits is there), -EINTR.
  int system_call(Process& process, Program& program, Kind kind, Attributes* user);

  /// What the patch exports to other implementations of test runs. @returns 0 or an error.
  int run(Process& process, Program& program, void* context, std::uint32_t repeat,
          std::uint32_t flags, const Callback& callback, std::uint32_t* retval,
          std::uint32_t* duration);
  /// @returns memory of `size_max` bytes, or an ERR_PTR.
  char* receive(const void* in, std::uint32_t in_size, std::uint32_t size_max, const char* label);

  // What programs call.
  /// Counts in the storage of this kind. @returns how often that was done.
  std::uint32_t count_in_storage(std::size_t kind);
  /// A program of a cgroup, run where a packet arrives, with what is attached there.
  std::uint32_t run_in_cgroup(Program& program, const StorageArray& storage, void* context);

  Storage* allocate_storage(Program& program, std::size_t kind);
  void free_storage(Storage* storage);

 private:
  bool has(Defect defect) const { return parameters_.defects.has(defect); }

  // storage.cpp
  StorageArray* set_up_storage(Program& program);
  void tear_down_storage(StorageArray* storage);
  StorageArray exchange_slots(const StorageArray& storage);
  // run.cpp
  void give_way(Process& process);
  std::uint32_t run_once(Program& program, void* context, const Callback& callback,
                         const StorageArray* storage, bool first);
  int leave_for_signal(StorageArray* storage);
  // copies.cpp
  int check_tail(const char* in, std::uint32_t size_max, std::uint32_t in_size);
  int fetch(char* to, const char* in, std::uint32_t in_size, std::uint32_t size_max);
  int send(void* out, std::uint32_t room, const void* data, std::uint32_t size);
  int send_context(const Attributes& in, const Context* context);
  int put_results(const Attributes& in, Attributes* user, const Results& results,
                  bool with_verdict);
  int finish(const Attributes& in, Attributes* user, const void* data, std::uint32_t size,
             const Context* context, const Results& verdict);
  // before.cpp
  Context* receive_context_before(const Attributes& in);
  int finish_before(const Attributes& in, Attributes* user, const void* data, std::uint32_t size,
                    const Results& verdict);
  int send_context_before(const Attributes& in, Attributes* user, const Context* context);
  // callers.cpp
  char* receive_packet(const Attributes& in);
  Context* receive_context(const Attributes& in);
  int run_skb(Process& process, Program& program, const Attributes& in, Attributes* user);
  int run_on_skb(Process& process, Program& program, const Attributes& in, Attributes* user,
                 Packet& packet, Context* context);
  int run_xdp(Process& process, Program& program, const Attributes& in, Attributes* user);
  int run_flow_dissector(Process& process, Program& program, const Attributes& in,
                         Attributes* user);

  Parameters parameters_;
  StorageArray* slots_ = nullptr;  // of each CPU: what programs that run there find
};

}  // namespace heddle::models::bpf_test_run
