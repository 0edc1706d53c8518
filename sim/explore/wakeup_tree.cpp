#include "sim/explore/wakeup_tree.hpp"

#include <algorithm>

namespace heddle::sim {

WakeupTree::WakeupTree(std::pmr::memory_resource& memory) : nodes_(&memory) {
  nodes_.reserve(4096);
  nodes_.emplace_back();
}

std::uint32_t WakeupTree::add(const Awaited& step) {
  std::uint32_t node = unused_;
  if (node != none) {
    unused_ = nodes_[node].next;
  } else {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  Node& made = nodes_[node];
  made.context = step.effect.context;
  made.gates = step.effect.gates;
  made.uncertain = step.uncertain;
  made.child = made.next = none;
  // More touches than a node holds: take it that it touches everything.
  const auto touches = static_cast<std::size_t>(step.effect.end - step.effect.begin);
  made.everything = step.effect.everything || touches > Node::touches_max;
  made.touch_count = static_cast<std::uint8_t>(std::min(touches, Node::touches_max));
  std::copy_n(step.effect.begin, made.touch_count, made.touches.begin());
  made.signature = step.effect.signature;
  made.open_values = step.open_values || step.values.size() > Node::values_max;
  made.value_count = made.open_values ? 0 : static_cast<std::uint8_t>(step.values.size());
  std::copy_n(step.values.begin(), made.value_count, made.values.begin());
  return node;
}

void WakeupTree::free(std::uint32_t node) {
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
