#include "bench/measure/bare.hpp"

#include <array>
#include <cstddef>

#include <boost/context/detail/fcontext.hpp>

#include "bench/measure/clock.hpp"

namespace heddle::bench {
namespace {

namespace context = boost::context::detail;

constexpr std::size_t stack_bytes = 64 * 1024;
alignas(64) std::array<char, stack_bytes> stack;

void bounce(context::transfer_t from) {
  for (;;) from = context::jump_fcontext(from.fctx, nullptr);
}

context::fcontext_t fresh() {
  return context::make_fcontext(stack.data() + stack_bytes, stack_bytes, &bounce);
}

}  // namespace

double bare_switches(std::uint64_t count) {
  context::fcontext_t other = fresh();
  const double start = cpu_seconds();
  for (std::uint64_t i = 0; i < count; i += 2) other = context::jump_fcontext(other, nullptr).fctx;
  return cpu_seconds() - start;
}

double bare_starts(std::uint64_t count) {
  const double start = cpu_seconds();
  for (std::uint64_t i = 0; i < count; ++i) context::jump_fcontext(fresh(), nullptr);
  return cpu_seconds() - start;
}

}  // namespace heddle::bench
