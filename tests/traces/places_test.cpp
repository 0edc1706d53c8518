// From addresses to source: a sample is compiled in many ways, loaded, and asked where it is.
#include "traces/places.hpp"

#include <cstddef>
#include <cstdlib>
#include <string>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "sim/core/call_place.hpp"
#include "traces/members.hpp"

namespace heddle::traces {
namespace {

struct Sample {
  const void* pc;
  const char* function;
  int line;
};

struct Build {
  const char* name;
  const char* compiler;
  const char* flags;
};

std::ostream& operator<<(std::ostream& out, const Build& build) { return out << build.name; }

struct Member {
  std::size_t offset;
  const char* text;
};
constexpr std::size_t members = 10;

class Places : public testing::TestWithParam<Build> {};

TEST_P(Places, AreFunctionsAndLinesAndMembersHaveNames) {
  const Build& build = GetParam();
  const std::string source =
      std::string(HEDDLE_SOURCE_DIR) + "/tests/traces/samples/places_sample.cpp";
  const std::string library = testing::TempDir() + "heddle_places_" + build.name + ".so";
  if (std::system(("command -v " + std::string(build.compiler) + " >/dev/null").c_str()) != 0)
    GTEST_SKIP() << build.compiler << " is not installed";
  const std::string command = std::string(build.compiler) +
                              " -std=c++20 -shared -fPIC -DSAMPLE_TYPE=" + build.name + ' ' +
                              build.flags + " -o " + library + ' ' + source;
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(handle, nullptr) << dlerror();
  const auto visit_all = reinterpret_cast<void (*)()>(dlsym(handle, "visit_all"));
  const auto* samples = static_cast<const Sample*>(dlsym(handle, "sample_places"));
  const auto* count = static_cast<const int*>(dlsym(handle, "sample_count"));
  visit_all();
  ASSERT_GE(*count, 15);
  for (int i = 0; i < *count; ++i) {
    const Sample& sample = samples[i];
    const SourcePlace& place = source_of(sim::Place{reinterpret_cast<std::uintptr_t>(sample.pc)});
    EXPECT_EQ(place.function, sample.function);
    EXPECT_EQ(place.file, "tests/traces/samples/places_sample.cpp") << sample.function;
    EXPECT_EQ(place.line, static_cast<std::uint32_t>(sample.line)) << sample.function;
  }
  const auto type = reinterpret_cast<const char* (*)()>(dlsym(handle, "sample_type"));
  const auto size = reinterpret_cast<std::size_t (*)()>(dlsym(handle, "sample_size"));
  const auto* known = static_cast<const Member*>(dlsym(handle, "sample_members"));
  const sim::Place hint{reinterpret_cast<std::uintptr_t>(samples[0].pc)};
  for (std::size_t i = 0; i < members; ++i)
    EXPECT_EQ(member_text(type(), size(), known[i].offset, hint), known[i].text);
  EXPECT_EQ(member_text(type(), size() + 8, known[2].offset, hint), "") << "of another type";
  // Still open, as its addresses are known for the life of the process.
  std::remove(library.c_str());
}

INSTANTIATE_TEST_SUITE_P(All, Places,
                         testing::Values(Build{"gcc_O0", "g++", "-g -O0"},
                                         Build{"gcc_O2", "g++", "-g -O2"},
                                         Build{"gcc_dwarf4", "g++", "-gdwarf-4 -O2"},
                                         Build{"gcc_O3", "g++", "-g -O3"},
                                         Build{"clang_O0", "clang++-19", "-g -O0"},
                                         Build{"clang_O2", "clang++-19", "-g -O2"},
                                         Build{"clang_dwarf4", "clang++-19", "-gdwarf-4 -O2"}),
                         [](const auto& build) { return std::string(build.param.name); });

[[gnu::noinline]] sim::Place here() { return HEDDLE_CALL_PLACE; }

TEST(PlaceText, IsFileLineAndFunction) {
  const sim::Place place = here();
  const std::string line = std::to_string(__LINE__ - 1);
  EXPECT_EQ(place_text(place), "tests/traces/places_test.cpp:" + line +
                                   " (PlaceText_IsFileLineAndFunction_Test::TestBody)");
}

TEST(PlaceText, OfNowhereIsUnknown) {
  EXPECT_EQ(place_text(sim::Place{}), "an unknown place");
  EXPECT_EQ(function_text(sim::Place{}), "an unknown function");
  EXPECT_EQ(place_text(sim::Place{16}), "an unknown place");
}

}  // namespace
}  // namespace heddle::traces
