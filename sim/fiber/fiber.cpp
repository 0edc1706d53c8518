#include "sim/fiber/fiber.hpp"

#include <cxxabi.h>

#include "sim/core/check.hpp"

namespace heddle::sim {

Fiber::Exceptions* Fiber::thread_exceptions_ = nullptr;

void Fiber::enter_thread() {
  thread_exceptions_ = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
}

void Fiber::prepare(Stack stack, Entry entry, void* argument) {
  annotate::reuse(annotation_, stack);
  exceptions_ = Exceptions{};
  entry_ = entry;
  argument_ = argument;
  handle_ = boost::context::detail::make_fcontext(stack.top, stack.size, &Fiber::start);
}

void Fiber::start(boost::context::detail::transfer_t arrived) {
  Fiber& self = *static_cast<Transfer*>(arrived.data)->to;
  arrive(arrived, self);
  self.entry_(self.argument_);
  HEDDLE_CHECK(false, "a fiber's entry never returns");
}

}  // namespace heddle::sim
