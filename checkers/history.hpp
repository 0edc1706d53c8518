// A history: what callers of a shared object asked for, what they got, and which call was over
// before which other one began.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sim/core/check.hpp"

namespace heddle::checkers {

/// Moments are numbered from 0; no two events of a history share one.
using Moment = std::uint64_t;
inline constexpr Moment never = std::numeric_limits<Moment>::max();

/// One call. `Operation` holds the arguments and, once it has returned, the result.
template <class Operation>
struct Call {
  Operation operation{};
  Moment called = 0;
  Moment returned = never;  ///< never: its caller crashed, was killed, or still waits

  bool is_pending() const { return returned == never; }
};

/// Calls in the order in which they began.
template <class Operation>
class History {
 public:
  /// @returns the call's index, for returned().
  std::size_t called(const Operation& operation) {
    calls_.push_back({operation, now_++, never});
    return calls_.size() - 1;
  }
  /// `operation` now holds the result, too. @pre the call is pending (checked).
  void returned(std::size_t index, const Operation& operation) {
    HEDDLE_CHECK(index < calls_.size() && calls_[index].is_pending(), "a call returns once");
    calls_[index].operation = operation;
    calls_[index].returned = now_++;
  }
  void clear() {
    calls_.clear();
    now_ = 0;
  }

  const std::vector<Call<Operation>>& calls() const { return calls_; }

 private:
  std::vector<Call<Operation>> calls_;
  Moment now_ = 0;
};

}  // namespace heddle::checkers
