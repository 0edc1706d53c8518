#include "sim/kernel/arguments.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "sim/core/check.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

using Argument = va_arguments::Argument;
using Type = va_arguments::Type;

class Output {
 public:
  Output(char* to, std::size_t size) : to_(to), size_(size) {}
  void put(std::string_view text) {
    for (const char letter : text) {
      if (length_ + 1 < size_) to_[length_] = letter;
      ++length_;
    }
    if (size_ != 0) to_[std::min(length_, size_ - 1)] = 0;
  }
  std::size_t length() const { return length_; }

 private:
  char* to_;
  std::size_t size_;
  std::size_t length_ = 0;
};

void report_mismatch(Place place) {
  Machine& machine = Machine::running();
  Finding finding = machine.finding_here(FindingKind::out_of_bounds, place, "formats", no_object);
  finding.detail = "the format reads an argument of a type that was not passed";
  machine.report(finding);
}

void put_number(Output& output, const char* flags, std::size_t flag_count, char letter,
                std::int64_t number) {
  char conversion[16];
  HEDDLE_CHECK(flag_count + 5 < sizeof conversion, "a conversion is short");
  std::snprintf(conversion, sizeof conversion, "%%%.*sl%c", static_cast<int>(flag_count), flags,
                letter);
  char digits[32];
  std::snprintf(digits, sizeof digits, conversion, static_cast<long>(number));
  output.put(digits);
}

}  // namespace

std::size_t format_arguments(char* to, std::size_t size, const char* format,
                             const va_arguments& arguments, Place place) {
  Machine& machine = Machine::running();
  Output output(to, size);
  output.put("");
  std::size_t next = 0;
  for (const char* at = format; *at != 0; ++at) {
    if (*at != '%') {
      output.put({at, 1});
      continue;
    }
    const std::size_t flags = std::strspn(++at, "0123456789");
    const char* const first_flag = at;
    at += flags;
    if (*at == '%') {
      output.put("%");
      continue;
    }
    const Type wanted = *at == 's' ? Type::text : Type::number;
    machine.require(*at == 's' || *at == 'd' || *at == 'u' || *at == 'x',
                    "va_arguments are printed as %s, %d, %u or %x", place);
    if (next >= arguments.count() || arguments[next].type != wanted) {
      report_mismatch(place);
      output.put("(rubbish)");
    } else if (wanted == Type::text) {
      const char* text = arguments[next].text;
      machine.range(address_of(text), std::strlen(text) + 1, Mode::read, place);
      output.put(text);
    } else {
      put_number(output, first_flag, flags, *at, arguments[next].number);
    }
    ++next;
  }
  if (size != 0)
    machine.range(address_of(to), std::min(output.length() + 1, size), Mode::write, place);
  return output.length();
}

std::size_t vsnprintf(char* to, std::size_t size, const char* format,
                      const va_arguments& arguments) {
  return format_arguments(to, size, format, arguments, HEDDLE_CALL_PLACE);
}

}  // namespace heddle::sim::kernel
