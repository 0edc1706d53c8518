#include "sim/kernel/format.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "sim/core/check.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// Reads the string as the code under test would: its bytes up to the end, at most `size`.
std::size_t read_string(const char* text, std::size_t size, Place place) {
  if (size == 0) return 0;
  Machine& machine = Machine::running();
  machine.range(address_of(text), 1, Mode::read, place);
  const std::size_t length = strnlen(text, size);
  const std::size_t read = std::min(length + 1, size);
  if (read > 1) machine.range(address_of(text) + 1, read - 1, Mode::read, place);
  return length;
}

/// A conversion of the format, as its text says.
struct Conversion {
  static constexpr std::size_t text_max = 32;
  char text[text_max] = "%";  // with numbers for each '*'
  std::size_t length = 1;
  int precision = -1;
  std::string_view size;  // h, hh, l, …
  char letter = 0;

  void add(std::string_view more) {
    HEDDLE_CHECK(length + more.size() < text_max, "a conversion is short");
    std::memcpy(text + length, more.data(), more.size());
    length += more.size();
    text[length] = 0;
  }
  void add(int number) {
    char digits[12];
    add({digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%d", number))});
  }
};

class Formatter {
 public:
  Formatter(char* to, std::size_t size, Place place) : to_(to), size_(size), place_(place) {
    if (size_ != 0) to_[0] = 0;
  }

  std::size_t run(const char* format, std::va_list arguments) {
    va_copy(arguments_, arguments);
    read_string(format, SIZE_MAX, place_);
    while (*format != 0) {
      const char* percent = std::strchr(format, '%');
      const std::size_t plain =
          percent != nullptr ? static_cast<std::size_t>(percent - format) : std::strlen(format);
      put({format, plain});
      format += plain;
      if (percent != nullptr) format = convert(percent + 1);
    }
    va_end(arguments_);
    if (size_ != 0)
      Machine::running().range(address_of(to_), std::min(length_ + 1, size_), Mode::write, place_);
    return length_;
  }

 private:
  /// @returns what follows the conversion, which begins behind its '%'.
  const char* convert(const char* at) {
    Conversion conversion;
    const std::size_t flags = std::strspn(at, "-+ #0");
    conversion.add({at, flags});
    int width = 0;
    const char* after = number(at + flags, width);
    if (after != at + flags) conversion.add(width);
    at = after;
    if (*at == '.') {
      conversion.precision = 0;
      at = number(at + 1, conversion.precision);
      if (conversion.precision >= 0) {  // a negative one counts as none
        conversion.add(".");
        conversion.add(conversion.precision);
      }
    }
    const std::size_t size = std::strspn(at, "hlztj");
    conversion.size = {at, size};
    conversion.letter = at[size];
    conversion.add({at, size + 1});
    print(conversion);
    return at + size + 1;
  }

  /// A width or a precision: digits, or '*' for the next argument. @returns what follows it.
  const char* number(const char* at, int& value) {
    if (*at == '*') {
      value = va_arg(arguments_, int);
      return at + 1;
    }
    for (; *at >= '0' && *at <= '9'; ++at) value = value * 10 + (*at - '0');
    return at;
  }

  void print(const Conversion& conversion) {
    switch (conversion.letter) {
      case '%':
        put("%");
        return;
      case 'c':
        put_as(conversion, va_arg(arguments_, int));
        return;
      case 's':
        print_string(conversion);
        return;
      case 'p':
        print_pointer(conversion);
        return;
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        print_integer(conversion);
        return;
      default:
        Machine::running().misused(
            "the format has conversions that are known: c, s, p, d, i, u, o, x and X", place_);
    }
  }

  void print_integer(const Conversion& conversion) {
    if (conversion.size.empty() || conversion.size[0] == 'h')
      put_as(conversion, va_arg(arguments_, int));
    else
      put_as(conversion, va_arg(arguments_, long));  // as long as all the others
  }

  void print_string(const Conversion& conversion) {
    const char* text = va_arg(arguments_, const char*);
    if (text == nullptr) {
      put("(null)");
      return;
    }
    const int precision = conversion.precision;
    read_string(text, precision < 0 ? SIZE_MAX : static_cast<std::size_t>(precision), place_);
    put_as(conversion, text);
  }

  void print_pointer(const Conversion& conversion) {
    const void* pointer = va_arg(arguments_, const void*);
    if (pointer == nullptr)
      put("(null)");
    else if (arena_layout::contains(address_of(pointer)))
      put_as(conversion, pointer);
    else
      put("(outside)");
  }

  template <class Value>
  void put_as(const Conversion& conversion, Value value) {
    const std::size_t room = length_ < size_ ? size_ - length_ : 0;
    const int printed =
        std::snprintf(room != 0 ? to_ + length_ : nullptr, room, conversion.text, value);
    HEDDLE_CHECK(printed >= 0, "the conversion fits its argument");
    length_ += static_cast<std::size_t>(printed);
  }
  void put(std::string_view text) {
    if (length_ < size_) {
      const std::size_t fits = std::min(text.size(), size_ - length_ - 1);
      std::memcpy(to_ + length_, text.data(), fits);
      to_[length_ + fits] = 0;
    }
    length_ += text.size();
  }

  char* to_;
  std::size_t size_;
  std::size_t length_ = 0;
  Place place_;
  std::va_list arguments_;
};

}  // namespace

std::size_t format_text(char* to, std::size_t size, const char* format, std::va_list arguments,
                        Place place) {
  static_assert(sizeof(long) == sizeof(long long) && sizeof(long) == sizeof(std::size_t));
  return Formatter(to, size, place).run(format, arguments);
}

}  // namespace heddle::sim::kernel
