// The measured programs for Relacy (github.com/dvyukov/relacy), which is header-only. No part of
// heddle's build; bench/peers/compare.py says how it is built and run.
//
// usage: relacy_programs PROGRAM EXECUTIONS; prints "executions N seconds S" (CPU time).
#include <relacy/relacy.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sstream>

struct StoreBuffering : rl::test_suite<StoreBuffering, 2> {
  rl::atomic<int> x;
  rl::atomic<int> y;
  void before() {
    x($).store(0, rl::memory_order_seq_cst);
    y($).store(0, rl::memory_order_seq_cst);
  }
  void thread(unsigned index) {
    rl::atomic<int>& mine = index == 0 ? x : y;
    rl::atomic<int>& other = index == 0 ? y : x;
    mine($).store(1, rl::memory_order_seq_cst);
    (void)other($).load(rl::memory_order_seq_cst);
  }
};

struct Increments : rl::test_suite<Increments, 3> {
  rl::atomic<int> counter;
  void before() { counter($).store(0, rl::memory_order_seq_cst); }
  void thread(unsigned) {
    for (int round = 0; round < 3; ++round) counter($).fetch_add(1, rl::memory_order_seq_cst);
  }
};

struct LockedIncrements : rl::test_suite<LockedIncrements, 3> {
  rl::mutex lock;
  rl::var<int> counter;
  void before() { counter($) = 0; }
  void thread(unsigned) {
    for (int round = 0; round < 3; ++round) {
      lock.lock($);
      const int before = counter($);
      counter($) = before + 1;
      lock.unlock($);
    }
  }
};

struct Readers : rl::test_suite<Readers, 9> {
  rl::atomic<int> x;
  void before() { x($).store(0, rl::memory_order_seq_cst); }
  void thread(unsigned index) {
    if (index == 0)
      x($).store(42, rl::memory_order_seq_cst);
    else
      (void)x($).load(rl::memory_order_seq_cst);
  }
};

static double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

template <class Test>
static bool run(unsigned long executions) {
  std::ostringstream silence;
  rl::test_params params;
  params.search_type = rl::sched_random;
  params.iteration_count = executions;
  params.output_stream = &silence;
  params.progress_stream = &silence;
  params.progress_output_period = 1'000'000;
  const double start = cpu_seconds();
  const bool clean = rl::simulate<Test>(params);
  std::printf("executions %lu seconds %.6f\n", executions, cpu_seconds() - start);
  return clean;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: relacy_programs sb|inc|mutex|readers EXECUTIONS\n");
    return 2;
  }
  const unsigned long executions = std::strtoul(argv[2], nullptr, 10);
  if (std::strcmp(argv[1], "sb") == 0) return run<StoreBuffering>(executions) ? 0 : 1;
  if (std::strcmp(argv[1], "inc") == 0) return run<Increments>(executions) ? 0 : 1;
  if (std::strcmp(argv[1], "mutex") == 0) return run<LockedIncrements>(executions) ? 0 : 1;
  if (std::strcmp(argv[1], "readers") == 0) return run<Readers>(executions) ? 0 : 1;
  std::fprintf(stderr, "relacy_programs: there is no program '%s'\n", argv[1]);
  return 2;
}
