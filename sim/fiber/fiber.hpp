// A fiber: a stack and where to go on there. The only place that switches stacks, and that tells
// AddressSanitizer and valgrind about it.
//
// Built on Boost.Context's fcontext functions: its fiber class unwinds a stack when it is dropped,
// which would run destructors of the code under test, and it pays an extra pair of switches a
// start.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/context/detail/fcontext.hpp>

#include "sim/fiber/annotate.hpp"
#include "sim/fiber/stack.hpp"

namespace heddle::sim {

/// A suspended or running flow of control. Dropping one drops what runs on it, without unwinding.
class Fiber {
 public:
  using Entry = void (*)(void* argument);

  Fiber() = default;
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Fibers run on the calling thread from now on. Call it before the first switch.
  static void enter_thread();

  /// The next switch here calls entry(argument) at the top of `stack`. `entry` must never return.
  /// Whatever ran here before is forgotten. Cost: a few stores.
  void prepare(Stack stack, Entry entry, void* argument);

  /// What it needs of its stack to go on lies from here to the top. @pre suspended or prepared.
  void* stack_pointer() const { return handle_; }
  /// Does it handle an exception, which lies outside of its stack? @pre it does not run.
  bool handles_exception() const { return exceptions_.any(); }
  /// The same of the one that runs.
  static bool running_handles_exception() { return thread_exceptions_->any(); }

  /// Leaves `from`, which must be running, and goes on with `to`. Returns when somebody switches
  /// back. Cost: about 6 ns.
  [[gnu::always_inline]] static void switch_to(Fiber& from, Fiber& to) {
    Transfer transfer{&from, &to};
    if (thread_exceptions_->any() || to.exceptions_.any()) [[unlikely]] {
      from.exceptions_ = *thread_exceptions_;
      *thread_exceptions_ = to.exceptions_;
      to.exceptions_ = Exceptions{};
    }
    annotate::leave(from.annotation_, to.annotation_);
    const auto arrived = boost::context::detail::jump_fcontext(to.handle_, &transfer);
    arrive(arrived, from);
  }

 private:
  struct Transfer {
    Fiber* from;
    Fiber* to;
  };

  /// What the C++ runtime keeps of a thread's exceptions (Itanium C++ ABI, exception handling,
  /// section 2.2.2). It belongs to the fiber: others may run while it handles one. Empty in a Fiber
  /// that runs, and mostly in the others.
  struct Exceptions {
    void* caught = nullptr;
    unsigned int uncaught = 0;
    [[gnu::always_inline]] bool any() const {
      return (reinterpret_cast<std::uintptr_t>(caught) | uncaught) != 0;
    }
  };
  static Exceptions* thread_exceptions_;

  [[gnu::always_inline]] static void arrive(boost::context::detail::transfer_t arrived,
                                            Fiber& here) {
    Fiber& origin = *static_cast<Transfer*>(arrived.data)->from;
    origin.handle_ = arrived.fctx;
    annotate::arrive(here.annotation_, origin.annotation_);
  }
  static void start(boost::context::detail::transfer_t arrived);

  boost::context::detail::fcontext_t handle_ = nullptr;
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  Exceptions exceptions_;
  annotate::State annotation_;
};

}  // namespace heddle::sim
