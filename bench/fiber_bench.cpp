// What a switch costs: of Boost.Context alone, and of a Fiber. Compare them within one run.
#include <memory>

#include <benchmark/benchmark.h>
#include <boost/context/detail/fcontext.hpp>

#include "sim/fiber/fiber.hpp"

// The loops themselves are no code under test.
#define HEDDLE_UNSEEN [[gnu::no_sanitize("thread")]]

namespace heddle::bench {
namespace {

namespace context = boost::context::detail;

constexpr std::size_t stack_bytes = 64 * 1024;

struct OwnStack {
  std::unique_ptr<char[]> bytes = std::make_unique<char[]>(stack_bytes);
  sim::Stack stack() const { return {bytes.get() + stack_bytes, stack_bytes}; }
};

HEDDLE_UNSEEN void bounce_for_ever(context::transfer_t from) {
  for (;;) from = context::jump_fcontext(from.fctx, nullptr);
}

/// There and back.
HEDDLE_UNSEEN void context_switch_pair(benchmark::State& state) {
  const OwnStack own;
  context::fcontext_t other =
      context::make_fcontext(own.stack().top, own.stack().size, &bounce_for_ever);
  for (auto _ : state) other = context::jump_fcontext(other, nullptr).fctx;
}
BENCHMARK(context_switch_pair);

/// A context is made, entered and left again; the cost of a fresh thread at the least.
HEDDLE_UNSEEN void context_start(benchmark::State& state) {
  const OwnStack own;
  for (auto _ : state)
    context::jump_fcontext(
        context::make_fcontext(own.stack().top, own.stack().size, &bounce_for_ever), nullptr);
}
BENCHMARK(context_start);

struct Pair {
  sim::Fiber here;
  sim::Fiber there;
};

HEDDLE_UNSEEN void bounce_fiber(void* argument) {
  Pair& pair = *static_cast<Pair*>(argument);
  for (;;) sim::Fiber::switch_to(pair.there, pair.here);
}

HEDDLE_UNSEEN void fiber_switch_pair(benchmark::State& state) {
  const OwnStack own;
  sim::Fiber::enter_thread();
  Pair pair;
  pair.there.prepare(own.stack(), &bounce_fiber, &pair);
  for (auto _ : state) sim::Fiber::switch_to(pair.here, pair.there);
}
BENCHMARK(fiber_switch_pair);

HEDDLE_UNSEEN void fiber_start(benchmark::State& state) {
  const OwnStack own;
  sim::Fiber::enter_thread();
  Pair pair;
  for (auto _ : state) {
    pair.there.prepare(own.stack(), &bounce_fiber, &pair);
    sim::Fiber::switch_to(pair.here, pair.there);
  }
}
BENCHMARK(fiber_start);

}  // namespace
}  // namespace heddle::bench
