#include "sim/explore/measured.hpp"

namespace heddle::sim {

MeasuredDpor::MeasuredDpor(std::pmr::memory_resource& memory, Dpor::Options options)
    : search_(memory, options), begun_(&memory) {
  begun_.reserve(options.steps_max);
}

void MeasuredDpor::end(Outcome outcome) {
  search_.end(outcome);
  count_branch();
}

void MeasuredDpor::enter_next_branch(std::uint32_t frame) {
  search_.enter_next_branch(frame);
  count_branch();
}

bool MeasuredDpor::absorb(wire::Reader& reader) {
  if (!search_.absorb(reader)) return false;
  count_branch();
  return true;
}

void MeasuredDpor::count_branch() {
  // The path ends with the step that the next execution takes for the first time.
  begun_.resize(search_.history().size(), 1);
  ++begun_.back();
}

double MeasuredDpor::share_done() const {
  if (!search_.has_next()) return 1;
  double weight = 1;
  double done = 0;
  for (std::uint32_t i = 0; i < begun_.size(); ++i) {
    const bool waiting = i != 0 && search_.history()[i].tree != WakeupTree::none;
    weight /= begun_[i] + (waiting ? 1 : 0);
    done += weight * (begun_[i] - 1);
  }
  return done;
}

}  // namespace heddle::sim
