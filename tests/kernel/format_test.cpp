// Formatting against the C library, and what it reads and writes.
#include "sim/kernel/format.hpp"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/kernel/printk.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/string.hpp"
#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check_task;

std::string format_into(std::size_t size, std::size_t& length, const char* format, ...) {
  std::vector<char> to(size + 1, '#');
  std::va_list arguments;
  va_start(arguments, format);
  length = format_text(to.data(), size, format, arguments, Place{});
  va_end(arguments);
  EXPECT_EQ(to[size], '#') << "nothing is written behind the buffer";
  return size == 0 ? "" : std::string(to.data());
}

/// Formats into every size of buffer, by us and by the C library.
template <class... Arguments>
void compare(const char* format, Arguments... arguments) {
  char expected[256];
  const int full = std::snprintf(expected, sizeof expected, format, arguments...);
  check_task([&] {
    for (std::size_t size = 0; size <= static_cast<std::size_t>(full) + 2; ++size) {
      std::size_t length = 0;
      const std::string got = format_into(size, length, format, arguments...);
      EXPECT_EQ(length, static_cast<std::size_t>(full)) << format;
      EXPECT_EQ(got, size == 0 ? "" : std::string(expected).substr(0, size - 1)) << format;
    }
  });
}

TEST(Format, IsThatOfTheCLibrary) {
  compare("plain text, no conversions");
  compare("");
  compare("100%% of %d", 7);
  compare("%d %i %u %x %X %o", -1, INT_MAX, 3u, 0xABCu, 0xABCu, 8u);
  compare("%5d|%-5d|%05d|%+d|% d|%#x", 42, 42, 42, 42, 42, 42u);
  compare("%.3d|%8.3d|%*d|%-*d|%.*d", 5, 5, 6, 5, 6, 5, 4, 5);
  compare("%ld %lu %lld %zu %hd %hhu", LONG_MIN, ULONG_MAX, LLONG_MAX, std::size_t{9}, 70000, 300);
  compare("%c%c%3c", 'a', 'b', 'c');
  compare("[%s] [%5s] [%-5s] [%.2s] [%.*s] [%.*s]", "one", "two", "three", "four", 1, "five", -1,
          "six");
}

TEST(Format, PrintsNoAddressThatChangesFromRunToRun) {
  static const int elsewhere = 0;
  check_task([] {
    std::size_t length = 0;
    EXPECT_EQ(format_into(32, length, "%p %s %p", nullptr, nullptr, &elsewhere),
              "(null) (null) (outside)");
    void* block = kmalloc(8, GFP_KERNEL);
    char expected[32];
    std::snprintf(expected, sizeof expected, "%p", block);
    EXPECT_EQ(format_into(32, length, "%p", block), expected);
    kfree(block);
  });
}

char* text_on_heap(const char* text) {
  auto* copy = static_cast<char*>(kmalloc(16, GFP_KERNEL));
  kernel::strncpy(copy, text, 16);
  return copy;
}

TEST(Printk, ReadsItsStrings) {
  EXPECT_TRUE(check_task([] {
                char* text = text_on_heap("text");
                printk("%d %s\n", 1, text);
                kfree(text);
              }).clean());
  EXPECT_TRUE(check_task([] {
                char* text = text_on_heap("text");
                kfree(text);
                printk("%d %s\n", 1, text);
              }).found(FindingKind::use_after_free));
  EXPECT_TRUE(check_task([] {
                char* text = text_on_heap("text");
                kfree(text);
                printk(text, 0);
              }).found(FindingKind::use_after_free))
      << "the format is a string too";
}

TEST(Printk, ReadsNoMoreThanThePrecisionSays) {
  const auto print = [](int precision) {
    return check_task([precision] {
      auto* text = static_cast<char*>(kmalloc(4, GFP_KERNEL));
      for (int i = 0; i < 4; ++i) text[i] = 'x';
      printk("%.*s", precision, text);
      kfree(text);
    });
  };
  EXPECT_TRUE(print(4).clean());
  EXPECT_TRUE(print(5).found(FindingKind::out_of_bounds));
}

}  // namespace
}  // namespace heddle::sim::kernel
