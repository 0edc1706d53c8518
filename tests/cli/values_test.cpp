// Values of options that are right; the wrong ones are in input.sh.
#include "scenarios/cli/values.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/text.hpp"

namespace heddle::cli {
namespace {

using std::chrono::milliseconds;

TEST(Values, ReadsDurations) {
  EXPECT_EQ(parse_duration("--time", "500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("--time", "60s"), milliseconds(60'000));
  EXPECT_EQ(parse_duration("--time", "5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("--time", "720h"), std::chrono::hours(720));
}

TEST(Values, ReadsShards) {
  EXPECT_EQ(parse_shard("--shard", "2/5").index, 2u);
  EXPECT_EQ(parse_shard("--shard", "2/5").count, 5u);
}

TEST(Values, ReadsNumbersAsTheyArePrinted) {
  EXPECT_EQ(parse_number("--executions", "10,000", 1, 20'000), 10'000u);
  EXPECT_EQ(parse_number("--executions", "10_000", 1, 20'000), 10'000u);
  EXPECT_THROW(parse_number("--executions", ",1", 1, 20'000), InputError);
}

RC_GTEST_PROP(Values, ReadsEverySeedThatIsPrinted, (std::uint64_t seed)) {
  RC_ASSERT(parse_hex("--seed", seed_text(seed)) == seed);
}

/// No text makes a parser do anything but return or say what is wrong.
RC_GTEST_PROP(Values, AnyTextIsReadOrRefused, (std::string text)) {
  const std::vector<std::string> words = {"random", "dfs"};
  const auto attempt = [](auto&& parse) {
    try {
      parse();
    } catch (const InputError& error) {
      RC_ASSERT(std::string_view(error.what()).starts_with("--x takes "));
    }
  };
  attempt([&] { parse_number("--x", text, 0, 100); });
  attempt([&] { parse_hex("--x", text); });
  attempt([&] { parse_duration("--x", text); });
  attempt([&] { parse_shard("--x", text); });
  attempt([&] { parse_word("--x", text, words); });
}

}  // namespace
}  // namespace heddle::cli
