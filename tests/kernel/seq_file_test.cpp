// seq_file against the plain text of its records.
#include "sim/kernel/seq_file.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/kernel/slab.hpp"
#include "tests/kernel/check.hpp"
#include "tests/kernel/text_file.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::check_task;
using tests::EveryWay;
using tests::TextFile;

constexpr std::size_t record_bytes = 10;

/// `count` different records of `record_bytes`.
std::vector<std::string> records(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i)
    all.push_back("record " + std::string(1, static_cast<char>('a' + i)) + ".\n");
  return all;
}

/// An open TextFile and a user buffer in simulated memory.
class Reader {
 public:
  static constexpr std::size_t buffer_bytes = 8192;

  explicit Reader(TextFile& text) {
    dir_ = static_cast<proc_dir*>(kzalloc(sizeof(proc_dir), GFP_KERNEL));
    user_ = static_cast<char*>(kmalloc(buffer_bytes, GFP_KERNEL));
    if (dir_ != nullptr) proc_create_data(dir_, "text", &TextFile::operations(), &text);
    const bool has_memory = dir_ != nullptr && user_ != nullptr;
    opened_ = has_memory ? sys_open(dir_, "text") : ERR_PTR<file>(-ENOMEM);
  }
  ~Reader() {
    if (is_open()) sys_close(opened_);
    if (dir_ != nullptr) remove_proc_entry(dir_, "text");
    kfree(dir_);
    kfree(user_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool is_open() const { return !IS_ERR(opened_); }
  /// What the next read says: text, or an error as a number.
  std::string read(std::size_t bytes) {
    const ssize_t got = sys_read(opened_, user_, bytes);
    return got < 0 ? std::to_string(got) : std::string(user_, static_cast<std::size_t>(got));
  }
  /// All that is left, read by read.
  std::string rest(std::size_t bytes) {
    std::string all;
    for (int reads = 0; reads < 1000; ++reads) {
      const std::string part = read(bytes);
      all += part;
      if (part.empty() || part[0] == '-') return all;
    }
    return all + " and no end";
  }
  loff_t seek(loff_t offset) { return sys_lseek(opened_, offset); }

 private:
  proc_dir* dir_;
  char* user_;
  file* opened_;
};

constexpr std::size_t user_bytes[] = {1, 9, 10, 11, 16, 20, 4096, Reader::buffer_bytes};
constexpr std::size_t first_bytes[] = {1, 3, 9, 10, 11, 12, 21, 64, 4096};

/// Runs `body`, a void (Reader&), on the file; nothing may be found, and start() and stop() are
/// even.
template <class Body>
void with_reader(TextFile& text, Body&& body) {
  const auto result = check_task([&] {
    Reader reader(text);
    body(reader);
  });
  EXPECT_TRUE(result.clean());
  EXPECT_EQ(text.started, 0);
}

TEST(SeqFile, GivesTheWholeTextToAnyBufferFromAnyBuffer) {
  for (const std::size_t first : first_bytes)
    for (const std::size_t user : user_bytes) {
      TextFile text{.records = records(7), .first_bytes = first};
      std::string all;
      with_reader(text, [&](Reader& reader) { all = reader.rest(user); });
      EXPECT_EQ(all, text.text()) << first << " bytes at first, reads of " << user;
    }
}

TEST(SeqFile, GivesNothingOfNothing) {
  for (const std::vector<std::string>& none :
       {std::vector<std::string>{}, std::vector<std::string>{"", "", ""}}) {
    TextFile text{.records = none};
    std::string all = "?";
    with_reader(text, [&](Reader& reader) { all = reader.rest(16); });
    EXPECT_EQ(all, "");
  }
}

RC_GTEST_PROP(SeqFile, GivesTheWholeTextToReadsOfAnySizes, ()) {
  TextFile text;
  text.records = *rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  text.first_bytes = *rc::gen::inRange<std::size_t>(1, 40);
  const auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 40)));
  std::string all;
  const auto result = check_task([&] {
    Reader reader(text);
    for (std::size_t i = 0;; ++i) {
      const std::string part = reader.read(sizes[i % sizes.size()]);
      if (part.empty()) break;
      all += part;
    }
  });
  RC_ASSERT(result.clean());
  RC_ASSERT(all == text.text());
  RC_ASSERT(text.started == 0);
}

TEST(SeqFile, PassesOverRecordsThatPrintNothingOrAreToBeSkipped) {
  for (const std::size_t first : first_bytes)
    for (const std::size_t user : user_bytes) {
      TextFile text{.records = records(5), .first_bytes = first, .skip_at = 2};
      text.records[0] = text.records[3] = "";
      std::string all;
      with_reader(text, [&](Reader& reader) { all = reader.rest(user); });
      EXPECT_EQ(all, text.records[1] + text.records[4]) << first << " and " << user;
    }
}

// ---- how it asks --------------------------------------------------------------------------------

TEST(SeqFile, DoesNotCallNextForTheLastRecordOfAReadThatIsFull) {
  TextFile text{.records = records(4)};
  with_reader(text, [&](Reader& reader) {
    reader.read(2 * record_bytes);
    EXPECT_EQ(text.shown, 2);
    EXPECT_EQ(text.nexts, 1);
    EXPECT_EQ(reader.read(record_bytes), text.records[2]) << "start() is told where to go on";
    EXPECT_EQ(text.nexts, 1);
  });
}

TEST(SeqFile, ShowsARecordAgainThatDidNotFit) {
  // A buffer holds one byte less than its size.
  TextFile text{.records = records(2), .first_bytes = 2 * record_bytes};
  with_reader(text, [&](Reader& reader) {
    EXPECT_EQ(reader.read(100), text.records[0]);
    EXPECT_EQ(text.shown, 2);
    EXPECT_EQ(reader.read(100), text.records[1]);
    EXPECT_EQ(text.shown, 3);
  });
}

TEST(SeqFile, DoublesABufferThatIsTooSmallForOneRecord) {
  TextFile text{.records = records(1), .first_bytes = 3};
  with_reader(text, [&](Reader& reader) {
    EXPECT_EQ(reader.read(100), text.text());
    EXPECT_EQ(text.shown, 3) << "3, 6 and 12 bytes";
  });
}

TEST(SeqFile, GivesLeftoversWithoutAskingAgain) {
  TextFile text{.records = records(2)};
  with_reader(text, [&](Reader& reader) {
    EXPECT_EQ(reader.read(4), "reco");
    EXPECT_EQ(text.shown, 1);
    EXPECT_EQ(reader.read(6), "rd a.\n");
    EXPECT_EQ(text.shown, 1);
    EXPECT_EQ(reader.read(100), text.records[1]);
  });
}

// ---- errors -------------------------------------------------------------------------------------

TEST(SeqFile, GivesWhatCameBeforeAnErrorAndThenTheError) {
  for (const bool at_start : {false, true}) {
    TextFile text{.records = records(4)};
    (at_start ? text.start_fails_at : text.show_fails_at) = 2;
    with_reader(text, [&](Reader& reader) {
      EXPECT_EQ(reader.read(2 * record_bytes), text.records[0] + text.records[1]);
      EXPECT_EQ(reader.read(100), std::to_string(-EIO));
      EXPECT_EQ(reader.read(100), std::to_string(-EIO));
      text.show_fails_at = text.start_fails_at = -1;
      EXPECT_EQ(reader.read(100), text.records[2] + text.records[3]) << "nothing was lost";
    });
  }
}

TEST(SeqFile, AnErrorOfALaterRecordEndsTheReadBeforeIt) {
  TextFile text{.records = records(4), .show_fails_at = 2};
  with_reader(text, [&](Reader& reader) {
    EXPECT_EQ(reader.read(100), text.records[0] + text.records[1]);
    EXPECT_EQ(reader.read(100), std::to_string(-EIO));
  });
}

TEST(SeqFile, SaysThatMemoryIsShortWhereverItIsAndGoesOnAfterwards) {
  MachineConfig config;
  config.allocation_faults = {.hard = 1};
  tests::machine().configure(config);
  checkers::CheckerSet checkers;
  tests::machine().detach_all();
  checkers.attach_to(tests::machine());
  std::set<std::string> seen;
  EveryWay every;
  do {
    TextFile text{.records = records(3), .first_bytes = 3};
    std::string all;
    tests::run_once(
        [&](World& world) {
          world.task("reader", Cpu{0}, [&] {
            Reader reader(text);
            if (!reader.is_open()) return;
            all = reader.rest(7);
            if (all.ends_with(std::to_string(-ENOMEM))) all += reader.rest(7);
          });
        },
        every);
    EXPECT_TRUE(tests::machine().findings().empty());
    EXPECT_EQ(text.started, 0);
    seen.insert(all);
  } while (every.advance());
  tests::machine().detach_all();
  const std::string whole = TextFile{.records = records(3)}.text();
  EXPECT_EQ(seen, (std::set<std::string>{"", whole, std::to_string(-ENOMEM) + whole}));
}

// ---- seeking ------------------------------------------------------------------------------------

TEST(SeqFile, ReadsOnFromWhereverItIsSoughtTo) {
  for (const std::size_t first : first_bytes)
    for (const std::size_t user : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
      TextFile text{.records = records(3), .first_bytes = first};
      const std::string whole = text.text();
      text.records.insert(text.records.begin() + 1, "");
      text.records.insert(text.records.begin() + 3, "skipped");
      text.skip_at = 3;
      with_reader(text, [&](Reader& reader) {
        for (std::size_t offset = 0; offset <= whole.size(); ++offset) {
          EXPECT_EQ(reader.seek(static_cast<loff_t>(offset)), static_cast<loff_t>(offset));
          EXPECT_EQ(reader.rest(user), whole.substr(offset)) << first << " and " << offset;
        }
        reader.seek(0);
        reader.read(13);
        reader.seek(5);
        EXPECT_EQ(reader.rest(user), whole.substr(5)) << "with leftovers, backward";
      });
    }
}

TEST(SeqFile, IsAtItsEndBehindIt) {
  TextFile text{.records = records(2)};
  with_reader(text, [&](Reader& reader) {
    EXPECT_EQ(reader.seek(1000), 1000);
    EXPECT_EQ(reader.read(100), "");
    EXPECT_EQ(reader.seek(-1), -EINVAL);
    EXPECT_EQ(reader.seek(0), 0);
    EXPECT_EQ(reader.rest(100), text.text());
  });
}

TEST(SeqFile, AFailingSeekGoesBackToTheStart) {
  TextFile text{.records = records(4), .show_fails_at = 2};
  with_reader(text, [&](Reader& reader) {
    reader.read(4);
    EXPECT_EQ(reader.seek(25), -EIO);
    text.show_fails_at = -1;
    EXPECT_EQ(reader.rest(100), text.text());
  });
}

}  // namespace
}  // namespace heddle::sim::kernel
