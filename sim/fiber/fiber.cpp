#include "sim/fiber/fiber.hpp"

#include "sim/core/check.hpp"

namespace heddle::sim {

void Fiber::prepare(Stack stack, Entry entry, void* argument) {
  annotate::reuse(annotation_, stack);
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
