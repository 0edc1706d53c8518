// Formatting with typed arguments: texts as printf makes them, and the list in the wrong place.
#include "sim/kernel/arguments.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check_task;

struct Printed {
  std::string text;
  std::size_t length = 0;
};

template <class... Values>
Printed print(std::size_t size, const char* format, const Values&... values) {
  Printed printed;
  check_task([&] {
    std::array<char, 64> buffer;
    buffer.fill('#');
    printed.length = snprintf(buffer.data(), size, format, values...);
    const Machine::EngineScope engine(Machine::running());
    printed.text = std::string(buffer.data(), 16);
  });
  return printed;
}

TEST(Arguments, NumbersAndTextsArePrintedAsPrintfDoes) {
  const Printed printed = print(16, "%d:%03u:%x:%s%%", -5, 7, 255, "abc");
  EXPECT_EQ(printed.length, 14u);
  EXPECT_EQ(printed.text, std::string("-5:007:ff:abc%\0#", 16));
}

TEST(Arguments, WhatDoesNotFitIsCutAndEnded) {
  const Printed printed = print(4, "%s", "abcdef");
  EXPECT_EQ(printed.length, 6u);
  EXPECT_EQ(printed.text.substr(0, 6), std::string("abc\0##", 6));
}

TEST(Arguments, NothingIsWrittenWithoutRoom) {
  EXPECT_EQ(print(0, "%s", "abc").text, std::string(16, '#'));
}

TEST(Arguments, AListIsForTheFormThatTakesLists) {
  const auto formats = [](bool right) {
    return check_task([right] {
      std::array<char, 16> to;
      const va_arguments list = va_arguments::of(5, "x");
      if (right)
        vsnprintf(to.data(), to.size(), "%d%s", list);
      else
        snprintf(to.data(), to.size(), "%d%s", list);
    });
  };
  EXPECT_TRUE(formats(true).clean());
  EXPECT_TRUE(formats(false).found(FindingKind::out_of_bounds));
}

TEST(Arguments, AMissingArgumentIsSeen) {
  EXPECT_TRUE(check_task([] {
                std::array<char, 16> to;
                snprintf(to.data(), to.size(), "%d %d", 1);
              }).found(FindingKind::out_of_bounds));
}

TEST(Arguments, AFormatWithoutConversionsReadsNone) {
  EXPECT_TRUE(check_task([] {
                std::array<char, 16> to;
                snprintf(to.data(), to.size(), "plain", va_arguments::of(1));
              }).clean());
}

}  // namespace
}  // namespace heddle::sim::kernel
