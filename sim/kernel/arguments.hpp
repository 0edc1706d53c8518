// Variadic arguments of a format, with their types: a call of snprintf() where vsnprintf() was
// meant hands the list itself over as an argument, and that is seen.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sim/core/call_place.hpp"

namespace heddle::sim::kernel {

/// What va_start() makes, as a value: arguments in order.
class va_arguments {
 public:
  static constexpr std::size_t count_max = 6;
  enum class Type : std::uint8_t { number, text, list };
  struct Argument {
    Type type = Type::number;
    std::int64_t number = 0;
    const char* text = nullptr;
  };

  template <class... Values>
  static va_arguments of(const Values&... values) {
    static_assert(sizeof...(Values) <= count_max, "a format has few arguments");
    va_arguments made;
    (made.add(values), ...);
    return made;
  }
  std::size_t count() const { return count_; }
  const Argument& operator[](std::size_t i) const { return arguments_[i]; }

 private:
  template <class Value>
  void add(const Value& value) {
    Argument& argument = arguments_[count_++];
    if constexpr (std::same_as<Value, va_arguments>) {
      argument.type = Type::list;
    } else if constexpr (std::integral<Value>) {
      argument.number = static_cast<std::int64_t>(value);
    } else {
      argument.type = Type::text;
      argument.text = value;
    }
  }

  std::array<Argument, count_max> arguments_{};
  std::size_t count_ = 0;
};

/// Formats for the code at `place`. Conversions: d u x s %, with 0 and a width of one digit. A
/// conversion that finds no argument of its type is reported, as out of bounds, and prints rubbish.
std::size_t format_arguments(char* to, std::size_t size, const char* format,
                             const va_arguments& arguments, Place place);

/// As in the kernel: the text and its end, cut to `size` bytes. The checkers see what is read and
/// written. @returns how long the text is without its end; it may be more than fits.
std::size_t vsnprintf(char* to, std::size_t size, const char* format,
                      const va_arguments& arguments);
template <class... Values>
[[gnu::always_inline]] inline std::size_t snprintf(char* to, std::size_t size, const char* format,
                                                   const Values&... values) {
  return vsnprintf(to, size, format, va_arguments::of(values...));
}

}  // namespace heddle::sim::kernel
