// Small pieces of text: numbers, widths, quoting, tables.
#include "scenarios/cli/text.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace heddle::cli {
namespace {

TEST(Text, PutsCommasBetweenThousands) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000), "1,000");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
  EXPECT_EQ(with_commas(~std::uint64_t{0}), "18,446,744,073,709,551,615");
}

TEST(Text, CountsCodePoints) {
  EXPECT_EQ(width(""), 0u);
  EXPECT_EQ(width("abc"), 3u);
  EXPECT_EQ(width("a…①"), 3u);
}

TEST(Text, QuotesForShellsOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_word("heddle-out/a_b/1f.trace"), "heddle-out/a_b/1f.trace");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
}

TEST(Text, ShowsControlCharacters) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1B[31mb\\x0A");
  EXPECT_EQ(printable("grün"), "grün");
  EXPECT_EQ(printable_lines("a\tb\nc"), "a\\x09b\nc");
}

TEST(Text, HangsLinesUnderTheirBeginning) {
  EXPECT_EQ(hang("one two three four five", 40, 20),
            "one two three four\n" + std::string(20, ' ') + "five");
  EXPECT_EQ(hang("a\nb", 80, 2), "a\n  b");
  EXPECT_EQ(hang("", 80, 2), "");
}

RC_GTEST_PROP(Text, HangingKeepsTheWordsAndTheWidth, (std::vector<unsigned char> lengths)) {
  std::string text;
  for (const unsigned char length : lengths)
    text += (text.empty() ? "" : " ") + std::string(1 + length % 30, 'x');
  std::string hung = hang(text, 40, 4);
  std::size_t start = 0;
  for (std::size_t end = 0; end != std::string::npos; start = end + 1) {
    end = hung.find('\n', start);
    RC_ASSERT(std::min(end, hung.size()) - start <= 40);
  }
  for (std::size_t at = hung.find("\n    "); at != std::string::npos; at = hung.find("\n    "))
    hung.replace(at, 5, " ");
  RC_ASSERT(hung == text);
}

TEST(Text, TablesAlignTheirColumns) {
  Table table({"name", "count", "what"}, {1});
  table.add({"a", "1,000", "x"});
  table.add({"longer", "1", "y z"}, "a note");
  EXPECT_EQ(table.text(100),
            "name    count  what\n"
            "a       1,000  x\n"
            "longer      1  y z\n"
            "    a note\n");
}

}  // namespace
}  // namespace heddle::cli
