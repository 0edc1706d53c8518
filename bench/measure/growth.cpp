#include "bench/measure/growth.hpp"

#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <memory_resource>

#include <unistd.h>

#include "bench/measure/clock.hpp"
#include "sim/core/check.hpp"
#include "sim/explore/dpor.hpp"

namespace heddle::bench {
namespace {

/// A workload for each x. @returns nanoseconds an execution, divided by per(x).
template <class Make, class Per>
std::vector<Point> times(std::initializer_list<int> xs, Make make, Per per, int rounds,
                         double seconds_each) {
  std::vector<Subject> subjects;
  for (const int x : xs)
    subjects.push_back([workload = make(x)](std::uint64_t executions) {
      return run(workload, Form::all, executions);
    });
  const auto taken = in_turn(subjects, rounds, seconds_each);
  std::vector<Point> points;
  std::size_t i = 0;
  for (const int x : xs) points.push_back({double(x), median(taken[i++]) / per(x)});
  return points;
}

std::size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  HEDDLE_CHECK(file != nullptr, "the system tells how much memory a process has");
  unsigned long total = 0;
  unsigned long resident = 0;
  HEDDLE_CHECK(std::fscanf(file, "%lu %lu", &total, &resident) == 2, "statm has two numbers");
  std::fclose(file);
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::vector<Point> memory_by_executions() {
  const Workload workload{program("mutex"), 3, 3, 3};
  std::vector<Point> points;
  std::uint64_t done = 0;
  for (const std::uint64_t until : {1'000, 3'000, 10'000, 30'000, 100'000, 300'000, 1'000'000}) {
    run(workload, Form::all, until - done);
    done = until;
    points.push_back({double(until), double(resident_bytes()) / (1 << 20)});
  }
  return points;
}

/// Counts what is held of it.
class Counting final : public std::pmr::memory_resource {
 public:
  std::size_t most() const { return most_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    held_ += bytes;
    if (held_ > most_) most_ = held_;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
    held_ -= bytes;
    std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::size_t held_ = 0;
  std::size_t most_ = 0;
};

/// Of optimal DPOR on two tasks that increment one counter x / 2 times each, after 10 executions.
/// There is room for 1,000 steps from the start.
std::vector<Point> memory_by_depth() {
  std::vector<Point> points;
  for (const int depth : {1'000, 2'000, 4'000, 8'000, 16'000}) {
    const Workload workload{program("inc"), 2, depth / 2, 2};
    Counting memory;
    search(workload, sim::Reduction::optimal, memory, 10);
    points.push_back({double(depth), double(memory.most()) / 1024});
  }
  return points;
}

}  // namespace

std::vector<Curve> measure_growth(int rounds, double seconds_each) {
  std::vector<Curve> curves;
  curves.push_back({"tasks", "n tasks of 4 increments each, a CPU each", "tasks", "ns a step",
                    times(
                        {2, 4, 8, 16, 32, 64, 126},
                        [](int n) { return Workload{program("inc"), n, 4, sim::cpus_max}; },
                        [](int n) { return 4.0 * n; }, rounds, seconds_each)});
  curves.push_back(
      {"cpus", "16 tasks of 4 increments each on n CPUs", "CPUs", "ns a step",
       times(
           {1, 2, 4, 8, 16}, [](int n) { return Workload{program("cpus"), 16, n, 16}; },
           [](int) { return 64.0; }, rounds, seconds_each)});
  curves.push_back({"steps", "one task of n increments", "steps", "ns a step",
                    times(
                        {10, 100, 1'000, 10'000, 100'000, 1'000'000},
                        [](int n) { return Workload{program("inc"), 1, n, 1}; },
                        [](int n) { return double(n); }, rounds, seconds_each)});
  curves.push_back({"objects", "two tasks of 4,000 stores each, to n variables in turn",
                    "variables", "ns a step",
                    times(
                        {1, 4, 16, 64, 256, 1'024},
                        [](int n) { return Workload{program("objects"), 4'000, n, 2}; },
                        [](int) { return 8'000.0; }, rounds, seconds_each)});
  curves.push_back({"memory_by_executions", "resident memory, mutex 3.3", "executions", "MiB",
                    memory_by_executions()});
  curves.push_back({"memory_by_depth", "memory of optimal DPOR after 10 executions", "steps deep",
                    "KiB", memory_by_depth()});
  return curves;
}

}  // namespace heddle::bench
