// Local storage of programs: allocating, charging, and the slots by which a program finds it.
#include "models/bpf_test_run/test_run.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/percpu.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::bpf_test_run {

using namespace kernel;

namespace {

constexpr std::size_t kind_shared = 0;

void free_after_grace_period(rcu_head* head) {
  auto* storage = reinterpret_cast<Storage*>(head);
  const Storage last = *storage;
  if (last.kind == kind_shared)
    kfree(last.data);
  else
    free_percpu(last.data);
  kfree(storage);
  atomic_sub(last.pages, last.in_memory);
  if (last.locked != nullptr) account_uncharge(last.locked, last.pages);
}

}  // namespace

int TestRun::init() {
  slots_ = static_cast<StorageArray*>(alloc_percpu(sizeof(StorageArray), "bpf_cgroup_storage"));
  return slots_ == nullptr ? -ENOMEM : 0;
}

void TestRun::exit() { free_percpu(slots_); }

Storage* TestRun::allocate_storage(Program& program, std::size_t kind) {
  Map* map = program.maps[kind];
  if (map == nullptr) return nullptr;
  if (account_charge(map->locked, map->pages) != 0) return ERR_PTR<Storage>(-EPERM);
  auto* storage = typed<Storage>(kzalloc(sizeof(Storage), GFP_KERNEL, "storage"));
  if (storage != nullptr) {
    storage->kind = kind;
    storage->locked = map->locked;
    storage->pages = map->pages;
    storage->in_memory = map->in_memory;
    storage->data = static_cast<std::uint32_t*>(
        kind == kind_shared ? kzalloc(sizeof(std::uint32_t), GFP_KERNEL, "storage data")
                            : alloc_percpu(sizeof(std::uint32_t), "storage data"));
    if (storage->data != nullptr) {
      atomic_add(map->pages, map->in_memory);
      return storage;
    }
  }
  account_uncharge(map->locked, map->pages);
  kfree(storage);
  return ERR_PTR<Storage>(-ENOMEM);
}

void TestRun::free_storage(Storage* storage) {
  if (storage == nullptr) return;
  if (has(Defect::uncharged_before_freed)) {
    account_uncharge(storage->locked, storage->pages);
    storage->locked = nullptr;
  }
  call_rcu(&storage->rcu, &free_after_grace_period);
}

StorageArray* TestRun::set_up_storage(Program& program) {
  auto* storage = typed<StorageArray>(kzalloc(sizeof(StorageArray), GFP_KERNEL, "storage array"));
  if (storage == nullptr && has(Defect::runs_without_array)) return nullptr;
  if (storage == nullptr && !has(Defect::array_unchecked)) return ERR_PTR<StorageArray>(-ENOMEM);
  for (std::size_t kind = 0; kind < storage_kinds; ++kind) {
    Storage* const made = allocate_storage(program, kind);
    (*storage)[kind] = made;
    if (!IS_ERR(made)) continue;
    (*storage)[kind] = nullptr;
    if (has(Defect::failed_setup_frees_later))
      for (std::size_t before = 0; before < kind; ++before) (*storage)[before] = nullptr;
    tear_down_storage(storage);
    return ERR_PTR<StorageArray>(has(Defect::storage_errors_are_enomem) ? -ENOMEM : PTR_ERR(made));
  }
  return storage;
}

// Large storage is freed by what may sleep.
void TestRun::tear_down_storage(StorageArray* storage) {
  if (storage == nullptr) return;
  might_sleep();
  for (Storage* const each : *storage) free_storage(each);
  kfree(storage);
}

// @returns what was there. @pre the task stays on its CPU.
StorageArray TestRun::exchange_slots(const StorageArray& storage) {
  StorageArray& slots = *per_cpu_ptr(slots_, smp_processor_id());
  StorageArray before;
  for (std::size_t kind = 0; kind < storage_kinds; ++kind) {
    before[kind] = READ_ONCE(slots[kind]);
    WRITE_ONCE(slots[kind], storage[kind]);
  }
  return before;
}

std::uint32_t TestRun::count_in_storage(std::size_t kind) {
  const Storage* storage = READ_ONCE((*per_cpu_ptr(slots_, smp_processor_id()))[kind]);
  std::uint32_t* const data = storage->data;
  return ++*(kind == kind_shared ? data : per_cpu_ptr(data, smp_processor_id()));
}

std::uint32_t TestRun::run_in_cgroup(Program& program, const StorageArray& storage, void* context) {
  rcu_read_lock();
  const StorageArray interrupted = exchange_slots(storage);
  const std::uint32_t verdict = program.code(program, *this, context);
  if (!has(Defect::nested_run_keeps_slots)) exchange_slots(interrupted);
  rcu_read_unlock();
  return verdict;
}

}  // namespace heddle::models::bpf_test_run
