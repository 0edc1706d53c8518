// Wakeup trees: the steps that are to be taken from a state, in order, so that a race is reversed
// without an execution in vain. Nodes of all trees of a search share one pool.
//
// Source: Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic
// partial order reduction", JACM 64(4), 2017, section 7 (definition 7.2 and insert).
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "sim/explore/history.hpp"

namespace heddle::sim {

/// A step that waits to be taken.
struct Awaited {
  Effect effect;
  bool uncertain = false;    ///< finds something else in memory than it did where it was taken
  bool open_values = false;  ///< whatever it chooses
  std::span<const std::uint32_t> values{};  ///< else: what it chose
};

class WakeupTree {
 public:
  explicit WakeupTree(std::pmr::memory_resource& memory);

  /// No node.
  static constexpr std::uint32_t none = 0;

  /// Small, as a search goes through many that it has not looked at for long.
  struct Node {
    ContextId context;
    bool open_values = true;
    bool uncertain = false;
    std::uint8_t touch_count = 0;
    std::uint8_t value_count = 0;
    std::uint32_t child = none;
    std::uint32_t next = none;
  };
  static_assert(sizeof(Node) == 16);
  const Node& operator[](std::uint32_t node) const { return nodes_[node]; }
  Node& operator[](std::uint32_t node) { return nodes_[node]; }
  /// Good until a node is added.
  Effect effect(std::uint32_t node) const {
    const Body& body = bodies_[node];
    const Touch* const touches =
        body.more != 0 ? more_[body.more].touches.data() : body.touches.data();
    return {&body, touches, touches + nodes_[node].touch_count};
  }
  /// The same.
  std::span<const std::uint32_t> values(std::uint32_t node) const {
    const std::size_t count = nodes_[node].value_count;
    if (count == 0) return {};
    return {more_[bodies_[node].more].values.data(), count};
  }

  std::uint32_t add(const Awaited& step);
  /// The node, those next to it, and their children are to be taken whatever they choose.
  void open_values(std::uint32_t node);
  void free(std::uint32_t node);
  void free_with_children(std::uint32_t node);
  /// Frees the node, those next to it, and their children.
  void free_row(std::uint32_t node);

  void save(wire::Writer& writer) const;
  /// Appends a tree, by what it says and not by where it lies.
  void append(wire::Writer& writer, std::uint32_t node) const;
  bool load(wire::Reader& reader);

 private:
  /// What a node's step does.
  struct Body : Summary {
    static constexpr std::size_t touches_max = 3;
    std::uint32_t more = 0;  ///< what it has values or more touches in; 0: nothing
    std::array<Touch, touches_max> touches;
  };
  /// Of a body that has no room for it.
  struct More {
    static constexpr std::size_t touches_max = 16;
    static constexpr std::size_t values_max = 6;
    std::array<Touch, touches_max> touches;
    std::array<std::uint32_t, values_max> values;
    std::uint32_t next = 0;  // unused
  };
  std::uint32_t add_more();

  std::pmr::vector<Node> nodes_;   // nodes_[0] is no node
  std::pmr::vector<Body> bodies_;  // of the nodes
  std::pmr::vector<More> more_;    // more_[0] is none
  std::uint32_t unused_ = none;    // linked by next
  std::uint32_t unused_more_ = 0;
};

}  // namespace heddle::sim
