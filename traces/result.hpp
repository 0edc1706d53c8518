// What may fail because of the outside world (a file, an option) returns a Result: the value, or an
// error that says in one sentence what is wrong, where, and what to do.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "sim/core/check.hpp"

namespace heddle::traces {

struct Error {
  std::string text;  ///< one sentence, without a final newline
};

template <class T>
class Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  /// @pre there is a value (checked).
  T& operator*() {
    HEDDLE_CHECK(state_.index() == 0, "an error is looked at before the value is used");
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const {
    HEDDLE_CHECK(state_.index() == 0, "an error is looked at before the value is used");
    return *std::get_if<0>(&state_);
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  /// @pre there is no value (checked).
  const std::string& error() const {
    HEDDLE_CHECK(state_.index() == 1, "only what has failed has an error");
    return std::get_if<1>(&state_)->text;
  }

 private:
  std::variant<T, Error> state_;
};

}  // namespace heddle::traces
