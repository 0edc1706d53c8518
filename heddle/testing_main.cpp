// main() of a test program that also replays traces of its own scenarios: `PROGRAM replay TRACE`.
#include <optional>

#include <gtest/gtest.h>

#include "heddle/explore.hpp"

int main(int count, char** arguments) {
  if (const std::optional<int> code = heddle::perform_verb(count, arguments)) return *code;
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
