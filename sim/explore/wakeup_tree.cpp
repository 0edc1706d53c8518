#include "sim/explore/wakeup_tree.hpp"

#include <algorithm>

namespace heddle::sim {

WakeupTree::WakeupTree(std::pmr::memory_resource& memory)
    : nodes_(&memory), bodies_(&memory), more_(&memory) {
  nodes_.reserve(4096);
  nodes_.emplace_back();
  bodies_.emplace_back();
  more_.emplace_back();
}

std::uint32_t WakeupTree::add(const Awaited& step) {
  std::uint32_t node = unused_;
  if (node != none) {
    unused_ = nodes_[node].next;
  } else {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    bodies_.emplace_back();
  }
  Node& made = nodes_[node];
  Body& body = bodies_[node];
  static_cast<Summary&>(body) = *step.effect.summary;
  made.context = body.context;
  made.uncertain = step.uncertain;
  made.child = made.next = none;
  // More touches than there is room for: take it that it touches everything.
  const auto touches = static_cast<std::size_t>(step.effect.end - step.effect.begin);
  if (touches > More::touches_max) {
    body.everything = true;
    body.sign(step.effect.begin, step.effect.end);
  }
  made.touch_count = static_cast<std::uint8_t>(std::min(touches, More::touches_max));
  made.open_values = step.open_values || step.values.size() > More::values_max;
  made.value_count = made.open_values ? 0 : static_cast<std::uint8_t>(step.values.size());
  body.more = made.touch_count > Body::touches_max || made.value_count != 0 ? add_more() : 0;
  std::copy_n(step.effect.begin, made.touch_count,
              body.more != 0 ? more_[body.more].touches.begin() : body.touches.begin());
  std::copy_n(step.values.begin(), made.value_count, more_[body.more].values.begin());
  return node;
}

void WakeupTree::open_values(std::uint32_t node) {
  for (; node != none; node = nodes_[node].next) {
    nodes_[node].open_values = true;
    nodes_[node].value_count = 0;
    open_values(nodes_[node].child);
  }
}

std::uint32_t WakeupTree::add_more() {
  const std::uint32_t more = unused_more_;
  if (more == 0) {
    more_.emplace_back();
    return static_cast<std::uint32_t>(more_.size() - 1);
  }
  unused_more_ = more_[more].next;
  return more;
}

void WakeupTree::free(std::uint32_t node) {
  if (const std::uint32_t more = bodies_[node].more) {
    more_[more].next = unused_more_;
    unused_more_ = more;
  }
  nodes_[node].next = unused_;
  unused_ = node;
}

void WakeupTree::free_with_children(std::uint32_t node) {
  free_row(nodes_[node].child);
  free(node);
}

void WakeupTree::free_row(std::uint32_t node) {
  while (node != none) {
    const std::uint32_t next = nodes_[node].next;
    free_with_children(node);
    node = next;
  }
}

}  // namespace heddle::sim
