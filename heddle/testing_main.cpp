// main() of a test program that also replays traces of its own scenarios: `PROGRAM replay TRACE`.
#include <optional>

#include <gtest/gtest.h>

#include "heddle/explore.hpp"
#include "traces/places.hpp"

int main(int count, char** arguments) {
#ifdef HEDDLE_SOURCE_ROOT
  heddle::traces::set_source_root(HEDDLE_SOURCE_ROOT);
#endif
  if (const std::optional<int> code = heddle::perform_verb(count, arguments)) return *code;
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
