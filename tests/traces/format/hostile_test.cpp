// Files that are no traces, or no longer: one clear sentence each, in bounded time and memory.
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xxhash.h>

#include "tests/traces/format/small_trace.hpp"
#include "traces/format.hpp"

namespace heddle::traces {
namespace {

using tests::small_trace;

std::string error_of(std::string_view text) {
  const Result<Trace> read = from_text(text, "f");
  return read ? "it was read" : read.error();
}

/// The text with its checksum made right again, as an attacker would.
std::string summed(std::string text) {
  text.erase(text.find("checksum "));
  return text + fmt::format("checksum {:016x}\n", XXH64(text.data(), text.size(), 0));
}

std::string replaced(std::string_view what, std::string_view with) {
  std::string text = to_text(small_trace());
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return summed(text.replace(at, what.size(), with));
}

/// An error is a sentence: one line, with the file's name and the line's number.
void expect_sentence(const std::string& error) {
  EXPECT_TRUE(error.starts_with("f:")) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  EXPECT_LT(error.size(), 400u) << error;
  for (const char c : error) EXPECT_GE(static_cast<unsigned char>(c), ' ') << error;
}

long peak_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// ---- damage -------------------------------------------------------------------------------------

TEST(HostileTrace, EveryTruncationIsAnError) {
  const std::string text = to_text(small_trace(), "a comment\nanother");
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Result<Trace> read = from_text(std::string_view(text).substr(0, size), "f");
    ASSERT_FALSE(read) << size;
    expect_sentence(read.error());
  }
}

TEST(HostileTrace, EveryFlippedBitIsAnErrorOrInAComment) {
  const Trace trace = small_trace();
  const std::string text = to_text(trace, "a comment\nanother");
  std::size_t harmless = 0;
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const Result<Trace> read = from_text(damaged, "f");
    if (read) {
      ASSERT_EQ(*read, trace) << "bit " << bit;
      ++harmless;
    } else {
      expect_sentence(read.error());
    }
  }
  EXPECT_LE(harmless, 8 * std::string_view("# a comment\n# another\n").size());
}

RC_GTEST_PROP(HostileTrace, DamageIsNeverACrash, ()) {
  std::string text = to_text(small_trace(), "a comment");
  const int damages = *rc::gen::inRange(1, 20);
  for (int i = 0; i < damages; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto size = *rc::gen::inRange<std::size_t>(0, 20);
    text.replace(at, std::min(size, text.size() - at), *rc::gen::arbitrary<std::string>());
    if (text.empty()) text = "x";
  }
  const std::string rescued = text.find("checksum ") == std::string::npos ? text : summed(text);
  (void)from_text(text, "f");
  (void)from_text(rescued, "f");
}

TEST(HostileTrace, AnEditedFileIsToldSo) {
  std::string text = to_text(small_trace());
  text.replace(text.find("seed 0x5eed"), 11, "seed 0x5eee");
  const std::string error = error_of(text);
  EXPECT_NE(error.find("the file was edited or damaged"), std::string::npos) << error;
  EXPECT_TRUE(error.starts_with("f:30: ")) << error;
}

TEST(HostileTrace, CommentsMayBeEdited) {
  const std::string text = to_text(small_trace(), "lanes");
  std::string edited = text;
  edited.replace(text.find("# lanes"), 7, "# nothing of interest");
  EXPECT_EQ(error_of(edited), "it was read");
}

// ---- other files --------------------------------------------------------------------------------

TEST(HostileTrace, OtherFilesAreNamedAsSuch) {
  EXPECT_EQ(error_of(""), "f:0: the file is empty; a trace begins with 'heddle trace 1'");
  EXPECT_EQ(
      error_of("hello\nworld\n"),
      "f:1: 'hello' is no trace: it would begin with 'heddle trace 1'; give a file that heddle "
      "wrote");
  EXPECT_EQ(error_of("heddle trace 2\n"),
            "f:1: the file has format version 2 and this heddle reads version 1; read it with the "
            "heddle that wrote it");
  EXPECT_EQ(error_of("heddle trace one\n"),
            "f:1: the version 'one' is no number; restore the file");
  EXPECT_EQ(error_of("heddle trace 1\r\nscenario x\r\n"),
            "f:1: the line ends in a carriage return: the file was converted; restore it");
  expect_sentence(error_of(std::string_view("\0\0\0\n", 4)));
  EXPECT_EQ(read_file("/no/such/file").error(),
            "/no/such/file: cannot be read: No such file or directory");
  EXPECT_EQ(read_file("/tmp").error(), "/tmp: cannot be read: Is a directory");
}

TEST(HostileTrace, MoreStepsThanCanBeCountedAreRefused) {
  EXPECT_EQ(error_of(replaced("steps-max 100000", "steps-max 4294967294")), "it was read");
  EXPECT_EQ(error_of(replaced("steps-max 100000", "steps-max 4294967295")),
            "f:12: '4294967295' is no number from 0 to 4294967294; restore the file");
}

TEST(HostileTrace, ANewerWordIsToldWithTheNearestKnown) {
  EXPECT_EQ(
      error_of(replaced("strategy", "strateggy")),
      "f:15: 'strateggy' is no word of a trace's header, did you mean 'strategy'?; restore the "
      "file");
  EXPECT_EQ(error_of(replaced("  lock lk", "  lok lk")),
            "f:23: 'lok' is no word of the visible operations, did you mean 'lock'?; restore the "
            "file");
}

TEST(HostileTrace, WhatNoMachineCouldBeIsRefused) {
  for (const auto& [what, with] : {std::pair{"cpus 2", "cpus 0"},
                                   {"cpus 2", "cpus 129"},
                                   {"cpus 2", "cpus -1"},
                                   {"cpus 2", "cpus 2 "},
                                   {"cpus 2", "cpus"},
                                   {"cpus 2\n", ""},
                                   {"cpus 2", "cpus 2\ncpus 2"},
                                   {"racy Counter 8 4", "racy Counter 18446744073709551615 4"},
                                   {"racy Counter 8 4", "racy Counter 8 0"},
                                   {"racy Counter 8 4", "racy Counter 8"},
                                   {"preemption full", "preemption some"},
                                   {"seed 0x5eed", "seed 5eed"},
                                   {"seed 0x5eed", "seed 0x10000000000000000"},
                                   {"finding data_race", "finding data_rice"},
                                   {"choices 6", "choices 5"},
                                   {"choices 6", "choices 7"},
                                   {"choices 6", "choices 1000001"},
                                   {"lock lk of 2", "lock lk of 1"},
                                   {"lock lk of 2", "lock lk of 2 x1"},
                                   {"lock lk of 2", "lock lk of 2 x99999999999"},
                                   {"lock lk of 2", "task_exit lk of 2"},
                                   {"lock lk of 2", "lock lk"},
                                   {"choose allocation 1 of 2", "choose allocation 2 of 2"},
                                   {"choose allocation 1 of 2", "choose schedule 1 of 2"},
                                   {"run adder.1\n", ""},
                                   {"run adder.1", "run"},
                                   {"\"a pair#1\"", "\"a pair#1"},
                                   {"\"a pair#1\"", "\"a \\q pair#1\""}}) {
    const std::string error = error_of(replaced(what, with));
    EXPECT_NE(error, "it was read") << what << " -> " << with;
    expect_sentence(error);
  }
}

// ---- size ---------------------------------------------------------------------------------------

class Garbage {
 public:
  Garbage(std::string_view beginning, std::string_view piece, std::size_t size) {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    std::fwrite(beginning.data(), 1, beginning.size(), file);
    std::string block;
    while (block.size() < (std::size_t{1} << 20)) block += piece;
    for (std::size_t written = 0; written < size; written += block.size())
      std::fwrite(block.data(), 1, block.size(), file);
    std::fclose(file);
  }
  ~Garbage() { std::remove(path_.c_str()); }
  Garbage(const Garbage&) = delete;
  Garbage& operator=(const Garbage&) = delete;
  const std::string& path() const { return path_; }

 private:
  // Tests run at the same time, in processes of their own.
  std::string path_ = fmt::format("{}heddle_hostile_test.{}.trace", testing::TempDir(), getpid());
};

/// 100 MB that begin and go on like this are refused with this error, fast and in little memory.
void expect_refused(std::string_view beginning, std::string_view piece, std::string_view error) {
  const Garbage garbage(beginning, piece, std::size_t{100} << 20);
  const long before_kib = peak_memory_kib();
  const std::clock_t start = std::clock();
  const Result<Trace> read = read_file(garbage.path());
  const std::clock_t used = std::clock() - start;  // processor time: other programs do not count
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().find(error), std::string::npos) << read.error();
  EXPECT_LT(used, 10 * CLOCKS_PER_SEC);
  EXPECT_LT(peak_memory_kib() - before_kib, 300 << 10);
}

TEST(HostileTrace, AHundredMegabytesOfBytesAreRefused) {
  expect_refused("", std::string_view("\0\xff\x80garbage", 10), "is no trace");
}
TEST(HostileTrace, AHundredMegabytesOfLinesAreRefused) {
  expect_refused("", "line\n", "'line' is no trace");
}
TEST(HostileTrace, AHundredMegabytesOfHeaderAreRefused) {
  expect_refused("heddle trace 1\n", "workload x\n", "stands there too often");
}
TEST(HostileTrace, AHundredMegabytesOfCommentsAreRefused) {
  expect_refused("heddle trace 1\n", "# x\n", "larger than 64 MiB");
}
TEST(HostileTrace, AHundredMegabytesInOneLineAreRefused) {
  expect_refused("heddle trace 1\n#", "x", "longer than 64 KiB");
}
TEST(HostileTrace, AHundredMegabytesOfChoicesAreRefused) {
  std::string text = to_text(small_trace());
  const std::size_t at = text.find("choices 6");
  text = text.substr(0, at) + "choices 1000000\nrun a\n";
  expect_refused(text, "  lock x of 2\n", "more than the 1000000 choices");
  expect_refused(text, "  lock " + std::string(1000, 'x') + " of 2 x1000\n", "names in it");
}

}  // namespace
}  // namespace heddle::traces
