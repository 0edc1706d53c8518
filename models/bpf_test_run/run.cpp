// Running a program so many times: on one CPU at a time, interruptible, giving way to others.
#include "models/bpf_test_run/test_run.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/resched.hpp"
#include "sim/kernel/signal.hpp"

namespace heddle::models::bpf_test_run {

using namespace kernel;

namespace {

constexpr std::uint32_t clamp_to_32_bits(std::uint64_t ns) {
  return ns > 0xFFFF'FFFF ? 0xFFFF'FFFF : static_cast<std::uint32_t>(ns);
}

void pin() {
  rcu_read_lock();
  preempt_disable();
}
void unpin() {
  preempt_enable();
  rcu_read_unlock();
}

}  // namespace

void TestRun::give_way(Process& process) {
  ++process.gave_way;
  cond_resched();
  process.sleep(parameters_.sleep_ns);
}

std::uint32_t TestRun::run_once(Program& program, void* context, const Callback& callback,
                                const StorageArray* storage, bool first) {
  const bool sets = storage != nullptr && (first || !has(Defect::slots_set_once));
  StorageArray before{};
  if (sets) before = exchange_slots(*storage);
  if (has(Defect::preemption_on_early)) preempt_enable();
  const std::uint32_t verdict = callback.run != nullptr
                                    ? callback.run(program, *this, context, callback.data)
                                    : program.code(program, *this, context);
  if (has(Defect::preemption_on_early)) preempt_disable();
  if (sets && !has(Defect::slots_outlive_run) && !has(Defect::slots_set_once))
    exchange_slots(before);
  return verdict;
}

// @returns what the call ends with.
int TestRun::leave_for_signal(StorageArray* storage) {
  if (has(Defect::teardown_while_atomic)) tear_down_storage(storage);
  if (has(Defect::signal_leaves_section))
    preempt_enable();
  else
    unpin();
  if (!has(Defect::signal_skips_teardown) && !has(Defect::teardown_while_atomic))
    tear_down_storage(storage);
  return -EINTR;
}

int TestRun::run(Process& process, Program& program, void* context, std::uint32_t repeat,
                 std::uint32_t flags, const Callback& callback, std::uint32_t* retval,
                 std::uint32_t* duration) {
  if (!has(Defect::limits_unchecked) && (flags & ~std::uint32_t{flag_storage}) != 0) return -EINVAL;
  if (!has(Defect::callback_may_sleep) && callback.may_sleep) return -EINVAL;
  const bool with_storage = (flags & flag_storage) != 0;
  if (!has(Defect::slots_outlive_run) && !with_storage && program.uses_storage()) return -EINVAL;
  StorageArray* storage = nullptr;
  if (with_storage) {
    storage = set_up_storage(program);
    if (IS_ERR(storage)) return static_cast<int>(PTR_ERR(storage));
  }
  if (repeat == 0) repeat = 1;
  std::uint64_t spent = 0;
  if (!has(Defect::duration_unset_by_signal)) *duration = 0;
  pin();
  std::uint64_t start = process.now_ns;
  for (std::uint32_t i = 0; i < repeat; ++i) {
    *retval = run_once(program, context, callback, storage, i == 0);
    const bool is_last = i + 1 == repeat;
    const bool looks =
        !has(Defect::signal_seen_by_resched) && (!is_last || has(Defect::signal_after_last_run));
    if (looks && signal_pending()) return leave_for_signal(storage);
    if ((is_last && !has(Defect::gives_way_at_end)) || !need_resched()) continue;
    if (has(Defect::signal_seen_by_resched) && signal_pending()) return leave_for_signal(storage);
    spent += process.now_ns - start;
    unpin();
    give_way(process);
    pin();
    if (!has(Defect::clock_not_restarted)) start = process.now_ns;
  }
  const std::uint64_t last = process.now_ns - start;
  if (has(Defect::teardown_while_atomic)) tear_down_storage(storage);
  unpin();
  spent = has(Defect::divides_early) ? spent / repeat + last : (spent + last) / repeat;
  *duration = clamp_to_32_bits(spent);
  if (!has(Defect::teardown_while_atomic)) tear_down_storage(storage);
  return 0;
}

}  // namespace heddle::models::bpf_test_run
