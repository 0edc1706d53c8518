// Pages of text against committed ones, in tests/golden. After a change that is meant, run the
// tests with HEDDLE_UPDATE_GOLDEN=1 and read the difference.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "traces/columns.hpp"

namespace heddle::tests {

/// "lanes/deadlock.txt" as its path.
inline std::string golden_path(const std::string& name) {
  return std::string(HEDDLE_SOURCE_DIR) + "/tests/golden/" + name;
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void expect_golden(const std::string& name, const std::string& page) {
  const std::string path = golden_path(name);
  if (std::getenv("HEDDLE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path);
    file << page;
    ASSERT_TRUE(file.good()) << path;
    return;
  }
  const std::string golden = read_text(path);
  // Not EXPECT_EQ, which would print the drawn lines as numbers.
  EXPECT_TRUE(page == golden) << "run with HEDDLE_UPDATE_GOLDEN=1 to accept the new page\n"
                              << page << "instead of\n"
                              << golden;
}

inline void expect_fits(const std::string& page, std::size_t columns) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(traces::width(line), columns) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

inline void expect_ascii(const std::string& page) {
  for (const char c : page) EXPECT_LT(static_cast<unsigned char>(c), 0x80) << page;
}

}  // namespace heddle::tests
