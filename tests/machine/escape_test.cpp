// Escapes: code under test that uses the computer itself is told so, with the place.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <semaphore.h>
#include <unistd.h>

#include "tests/support/explore.hpp"
#include "traces/places.hpp"

namespace heddle::sim {
namespace {

#ifndef HEDDLE_ASAN  // it defines the same functions, and then they are its own

using tests::machine;
using tests::run_once;
using tests::with_cpus;

/// What comes of `body`, which is a task's.
template <class Body>
Outcome run_task(Body body) {
  machine().configure(with_cpus(1));
  machine().detach_all();
  RandomChooser chooser;
  return run_once([&](World& world) { world.task("task", Cpu{0}, body); }, chooser);
}

/// The only finding is an escape whose detail begins with `detail`. @returns its file.
std::string escape(const std::string& detail) {
  EXPECT_EQ(machine().findings().size(), 1u);
  if (machine().findings().empty()) return {};
  const Finding& finding = machine().findings().front();
  EXPECT_EQ(finding.kind, FindingKind::escape);
  EXPECT_TRUE(std::string(finding.detail).starts_with(detail)) << finding.detail;
  return traces::source_of(finding.actors[0].place).file;
}

/// The same, and it is in this file.
void expect_escape(const std::string& detail) {
  const std::string file = escape(detail);
  EXPECT_TRUE(file.ends_with("tests/machine/escape_test.cpp")) << file;
}

TEST(Escape, AThreadEndsTheExecutionBeforeItStarts) {
  std::atomic<bool> started = false;
  EXPECT_EQ(run_task([&started] { std::thread([&started] { started = true; }).join(); }),
            Outcome::stopped);
  expect_escape("a real thread");
  EXPECT_FALSE(started);
}

TEST(Escape, AFreeLockIsReportedAndTaken) {
  std::mutex mutex;
  std::shared_mutex shared;
  EXPECT_EQ(run_task([&mutex] { const std::lock_guard hold(mutex); }), Outcome::finished);
  expect_escape("a real lock");
  EXPECT_EQ(run_task([&shared] { const std::shared_lock hold(shared); }), Outcome::finished);
  expect_escape("a real lock");
  EXPECT_TRUE(mutex.try_lock()) << "and it was released";
  mutex.unlock();
}

TEST(Escape, ALockThatIsHeldEndsTheExecution) {
  std::mutex mutex;
  mutex.lock();
  EXPECT_EQ(run_task([&mutex] { mutex.lock(); }), Outcome::stopped);
  expect_escape("a real lock");
  mutex.unlock();
}

TEST(Escape, WhatWaitsForTheWorldOutsideEndsTheExecution) {
  EXPECT_EQ(run_task([] { std::this_thread::sleep_for(std::chrono::hours(1)); }), Outcome::stopped);
  expect_escape("it sleeps in real time");
  EXPECT_EQ(run_task([] { sleep(3600); }), Outcome::stopped);
  expect_escape("it sleeps in real time");
  EXPECT_EQ(run_task([] { poll(nullptr, 0, -1); }), Outcome::stopped);
  expect_escape("it sleeps in real time");
  std::atomic<int> never = 0;
  EXPECT_EQ(run_task([&never] { never.wait(0); }), Outcome::stopped);
  escape("it sleeps in real time");  // in a function of the standard library, which may be inlined
}

TEST(Escape, InputIsReportedAndEndsTheExecutionWhereItIsWaitedFor) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  char byte = 'x';
  EXPECT_EQ(run_task([&] { EXPECT_EQ(read(ends[0], &byte, 1), 1); }), Outcome::stopped);
  expect_escape("real input");
  ASSERT_EQ(write(ends[1], "y", 1), 1);
  EXPECT_EQ(run_task([&] { EXPECT_EQ(read(ends[0], &byte, 1), 1); }), Outcome::finished);
  expect_escape("real input");
  EXPECT_EQ(byte, 'y');
  close(ends[0]);
  close(ends[1]);
}

TEST(Escape, AClockIsReportedAndRead) {
  EXPECT_EQ(run_task([] { EXPECT_GT(std::time(nullptr), 0); }), Outcome::finished);
  expect_escape("a real clock");
  EXPECT_EQ(
      run_task([] { EXPECT_GT(std::chrono::steady_clock::now().time_since_epoch().count(), 0); }),
      Outcome::finished);
  expect_escape("a real clock");
}

TEST(Escape, SetUpIsCodeUnderTestToo) {
  machine().configure(with_cpus(1));
  machine().detach_all();
  RandomChooser chooser;
  run_once([](World&) { std::time(nullptr); }, chooser);
  expect_escape("a real clock");
}

TEST(Escape, NobodyElseIsMeant) {
  std::mutex mutex;
  const std::lock_guard hold(mutex);
  std::thread([] { std::this_thread::sleep_for(std::chrono::nanoseconds(1)); }).join();
  EXPECT_EQ(run_task([] {}), Outcome::finished);
  EXPECT_TRUE(machine().findings().empty());
}

#endif  // HEDDLE_ASAN

}  // namespace
}  // namespace heddle::sim
