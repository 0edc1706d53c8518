// Files: entries come and go while processes open, read and close them.
#include "sim/kernel/proc.hpp"

#include <gtest/gtest.h>

#include "tests/kernel/check.hpp"
#include "tests/kernel/text_file.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::all_orders;
using tests::check;
using tests::check_task;
using tests::Order;
using tests::Orders;
using tests::TextFile;
using tests::with_cpus;

void create(proc_dir& dir, TextFile& text) {
  proc_create_data(&dir, "text", &TextFile::operations(), &text);
}

std::string read(file* opened) {
  char user[64];
  return std::string(user, static_cast<std::size_t>(sys_read(opened, user, sizeof user)));
}

TEST(Proc, AnEntryIsOpenedByItsName) {
  TextFile text{.records = {"hello"}};
  EXPECT_TRUE(check_task([&text] {
                proc_dir dir{};
                EXPECT_EQ(PTR_ERR(sys_open(&dir, "text")), -ENOENT);
                create(dir, text);
                EXPECT_EQ(PTR_ERR(sys_open(&dir, "other")), -ENOENT);
                file* opened = sys_open(&dir, "text");
                EXPECT_EQ(read(opened), "hello");
                sys_close(opened);
                remove_proc_entry(&dir, "other");
                remove_proc_entry(&dir, "text");
                remove_proc_entry(&dir, "text");
                EXPECT_EQ(PTR_ERR(sys_open(&dir, "text")), -ENOENT);
              }).clean());
}

TEST(Proc, EachOpenFileHasItsOwnPlace) {
  TextFile text{.records = {"one ", "two "}};
  EXPECT_TRUE(check_task([&text] {
                proc_dir dir{};
                create(dir, text);
                file* first = sys_open(&dir, "text");
                file* second = sys_open(&dir, "text");
                EXPECT_EQ(read(first), "one two ");
                EXPECT_EQ(read(second), "one two ");
                EXPECT_EQ(sys_lseek(second, 4), 4);
                EXPECT_EQ(read(first), "");
                EXPECT_EQ(read(second), "two ");
                sys_close(first);
                sys_close(second);
                remove_proc_entry(&dir, "text");
              }).clean());
}

TEST(Proc, AnEntryCanBeRemovedWhileItIsOpen) {
  TextFile text{.records = {"hello"}};
  EXPECT_TRUE(check_task([&text] {
                proc_dir dir{};
                create(dir, text);
                file* opened = sys_open(&dir, "text");
                remove_proc_entry(&dir, "text");
                EXPECT_EQ(PTR_ERR(sys_open(&dir, "text")), -ENOENT);
                EXPECT_EQ(read(opened), "hello");
                sys_close(opened);
              }).clean())
      << "the last close frees the entry";
}

TEST(Proc, OpenSaysWhatTheEntrysOpenSays) {
  TextFile text{.records = {"hello"}, .open_error = -EAGAIN};
  EXPECT_TRUE(check_task([&text] {
                proc_dir dir{};
                create(dir, text);
                EXPECT_EQ(PTR_ERR(sys_open(&dir, "text")), -EAGAIN);
                remove_proc_entry(&dir, "text");
              }).clean());
}

TEST(Proc, SaysThatMemoryIsShort) {
  MachineConfig config;
  config.allocation_faults = {.hard = 1};
  TextFile text{.records = {"hello"}};
  EXPECT_EQ(all_orders(config,
                       [&text](World& world, Order& order) {
                         proc_dir& dir = world.create<proc_dir>();
                         world.task("task", Cpu{0}, [&] {
                           if (proc_create_data(&dir, "text", &TextFile::operations(), &text) ==
                               nullptr) {
                             order.note('-');
                             return;
                           }
                           file* opened = sys_open(&dir, "text");
                           order.note(PTR_ERR(opened) == -ENOMEM ? 'm' : 'o');
                           if (!IS_ERR(opened)) sys_close(opened);
                           remove_proc_entry(&dir, "text");
                         });
                       }),
            (Orders{"-", "m", "o"}));
}

// ---- several processes --------------------------------------------------------------------------

TEST(Proc, OpeningMeetsCreationAndRemovalInAnyOrder) {
  TextFile text{.records = {"hello"}};
  EXPECT_EQ(all_orders(with_cpus(2),
                       [&text](World& world, Order& order) {
                         proc_dir& dir = world.create<proc_dir>();
                         world.task("owner", Cpu{0}, [&] {
                           create(dir, text);
                           remove_proc_entry(&dir, "text");
                         });
                         world.task("reader", Cpu{1}, [&] {
                           file* opened = sys_open(&dir, "text");
                           order.note(IS_ERR(opened) ? 'n' : 'o');
                           if (!IS_ERR(opened)) sys_close(opened);
                         });
                       }),
            (Orders{"n", "o"}));
}

TEST(Proc, WhatWasWrittenBeforeAnEntryIsCreatedIsSeenByWhoOpensIt) {
  struct Shared {
    proc_dir dir{};
    int data = 0;
    int seen = 0;
  };
  TextFile text{.records = {"hello"}};
  EXPECT_TRUE(check(with_cpus(2), [&text](World& world) {
                Shared& shared = world.create<Shared>();
                world.task("owner", Cpu{0}, [&] {
                  shared.data = 1;
                  create(shared.dir, text);
                });
                world.task("reader", Cpu{1}, [&] {
                  file* opened = sys_open(&shared.dir, "text");
                  if (IS_ERR(opened)) return;
                  shared.seen = shared.data;
                  sys_close(opened);
                });
                world.finally([&] { remove_proc_entry(&shared.dir, "text"); });
              }).clean());
}

TEST(Proc, ARemovedEntryIsFreedByWhoUsesItLast) {
  TextFile text{.records = {"hello"}};
  EXPECT_TRUE(check(with_cpus(2), [&text](World& world) {
                proc_dir& dir = world.create<proc_dir>();
                create(dir, text);
                world.task("owner", Cpu{0}, [&] { remove_proc_entry(&dir, "text"); });
                world.task("reader", Cpu{1}, [&] {
                  file* opened = sys_open(&dir, "text");
                  if (!IS_ERR(opened)) sys_close(opened);
                });
              }).clean());
}

}  // namespace
}  // namespace heddle::sim::kernel
