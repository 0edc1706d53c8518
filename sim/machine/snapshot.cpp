// Saving the state of the running execution, and going on from it in a later one. What a state is:
// the machine's own part, the arena as far as it is used with its shadow, what contexts have on
// their stacks, and what observers and the chooser know.
#include <algorithm>

#include "sim/machine/machine.hpp"

namespace heddle::sim {

/// In the running context, which may be chosen to go on or not: at each choice of who steps.
void Machine::save_if_due() {
  if (resumable_ != nullptr && !snapshots_.is_due(resumable_->position())) return;
  if (!can_be_saved() || (resumable_ == nullptr && choices_.has_asked_for_value())) {
    saves_ = false;
    return;
  }
  saves_now_ = true;
  Fiber::switch_to(fiber_here(), driver_);
}

/// Not once somebody has written to memory that is not saved: where an execution goes on from a
/// state, all of that must be as it was at its start. Nor while an exception is handled.
bool Machine::can_be_saved() const {
  if (settling_ || hooks.left_the_arena || Fiber::running_handles_exception()) return false;
  return std::none_of(contexts_.get(), contexts_.get() + context_count_,
                      [](const Context& context) { return context.fiber.handles_exception(); });
}

/// On the driver's own stack, as that of the running context is part of the state.
void Machine::save() {
  saves_now_ = false;
  if (resumable_ == nullptr) {
    start_.clear();
    has_start_ = can_archive_ = archive(start_);
    saves_ = false;
  } else {
    can_archive_ = saves_ = archive(snapshots_.add(resumable_->position()));
    if (!can_archive_) snapshots_.clear();
  }
}

void Machine::forget_snapshots() {
  snapshots_.clear();
  has_start_ = false;
  can_archive_ = true;
}

void Machine::go_on_from(const Archive& state) {
  arena_.reset(context_count_);  // also of those that are yet to be created
  const std::uint64_t calls_entered = hooks.calls_entered;
  const std::uint16_t cpus_used = cpus_used_;
  state.restore();
  for (std::uint16_t i = cpus_used_; i < cpus_used; ++i) cpus_[i].clear();
  hooks.calls_entered = calls_entered;
}

bool Machine::owns(std::uintptr_t address) const {
  const auto lies_in = [&](const void* begin, std::size_t size) {
    return address - address_of(begin) < size;
  };
  return lies_in(this, sizeof *this) || lies_in(&hooks, sizeof hooks) ||
         lies_in(contexts_.get(), contexts_max * sizeof(Context)) ||
         (footprint_ != nullptr && lies_in(footprint_, sizeof *footprint_));
}

bool Machine::archive(Archive& archive) {
  archive.values(static_cast<ExecutionState&>(*this), hooks);
  if (!awaiting_.empty()) archive.elements(conditions_.data(), context_count_);
  archive.elements(cpus_.data(), cpus_used_);
  archive.whole(hosts_);
  archive.growth(settle_, findings_, finally_, invariants_);
  names_.archive(archive);
  heap_.archive(archive);
  arena_.archive(archive, context_count_);
  shadow_.archive(archive, arena_, context_count_);
  choices_.archive(archive);
  archive_contexts(archive);
  if (resumable_ != nullptr) resumable_->archive(archive);
  return std::all_of(observers_.begin(), observers_.end(),
                     [&](Observer* observer) { return observer->archive(archive); });
}

void Machine::archive_contexts(Archive& archive) {
  for (std::uint16_t i = 0; i < context_count_; ++i) {
    Context& context = contexts_[i];
    auto* const begin = reinterpret_cast<std::byte*>(&context.announced);
    auto* const end = reinterpret_cast<std::byte*>(
        context.calls.call_sites.data() + std::min(context.calls.depth, CallStack::depth_max));
    archive.bytes(begin, static_cast<std::size_t>(end - begin));
    // One that has ended chooses who goes on.
    if (context.state != ContextState::live && &context != running_) continue;
    auto* const top = static_cast<std::byte*>(stacks_.at(i).top);
    auto* const bottom = static_cast<std::byte*>(context.fiber.stack_pointer());
    archive.bytes(bottom, static_cast<std::size_t>(top - bottom));
  }
}

}  // namespace heddle::sim
