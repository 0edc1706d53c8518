// What stands for a state of an execution where states are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace heddle::sim {

/// 128 bits: that any two of a billion states are taken for one has a probability of 10^-21.
struct StateHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const StateHash&, const StateHash&) = default;
};

/// Makes one of all that a state consists of. Values are told apart by their order alone: what is
/// of no fixed number says how many there are. No allocation once it has grown.
class StateHasher {
 public:
  void begin() { used_ = 0; }
  /// Field by field, as padding is part of no state.
  template <class... T>
  void values(const T&... values) {
    (add(values), ...);
  }
  void bytes(const void* begin, std::size_t count);
  StateHash end() const;

 private:
  template <class T>
  void add(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "it has no padding");
    constexpr std::size_t count = (sizeof value + 7) / 8;
    std::uint64_t words[count] = {};
    __builtin_memcpy(words, &value, sizeof value);
    if (used_ + count > words_.size()) [[unlikely]]
      words_.resize(2 * (used_ + count));
    __builtin_memcpy(words_.data() + used_, words, sizeof words);
    used_ += count;
  }

  std::vector<std::uint64_t> words_;
  std::size_t used_ = 0;
};

}  // namespace heddle::sim
