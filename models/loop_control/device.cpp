// What processes do with an open device: opening and closing it, binding a file to it, attributes.
#include "models/loop_control/loop.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::models::loop_control {

using namespace kernel;

// ---- open and release, under the block device's mutex -------------------------------------------

int Driver::open_loop(Disk* disk) {
  if (has(Defect::open_takes_global)) return open_under_global(disk);
  auto* loop = static_cast<Loop*>(disk->private_data);
  if (loop == nullptr) return -ENXIO;
  mutex_lock(&loop->ctl);
  const bool opens = loop->state != State::deleting;
  if (opens && !has(Defect::count_is_plain)) atomic_inc(&loop->open_count);
  mutex_unlock(&loop->ctl);
  if (opens && has(Defect::count_is_plain)) ++loop->open_count.counter;
  if (opens) return 0;
  // Another device may have the number as soon as this disk is no longer registered.
  if (!has(Defect::stale_disk_fails_open) && atomic_read(&disk->up) == 0) return -ERESTARTSYS;
  if (parameters_.listener != nullptr)
    parameters_.listener->open_failed(block_.has_other_disk(disk->first_minor, disk));
  return -ENXIO;
}

int Driver::open_under_global(Disk* disk) {
  if (lock_global() != 0) return -EINTR;
  auto* loop = static_cast<Loop*>(disk->private_data);
  int error = 0;
  if (loop == nullptr || READ_ONCE(loop->state) == State::deleting)
    error = -ENXIO;
  else
    atomic_inc(&loop->open_count);
  unlock_global();
  if (error != 0 && parameters_.listener != nullptr)
    parameters_.listener->open_failed(block_.has_other_disk(disk->first_minor, disk));
  return error;
}

void Driver::release_loop(Disk* disk) {
  auto* loop = static_cast<Loop*>(disk->private_data);
  if (has(Defect::release_skips_ctl)) {
    if (!atomic_dec_and_test(&loop->open_count) || !loop->autoclear) return;
    File* file = loop->backing;
    unbind(loop);
    refcount_dec_and_test(&file->refs);
    return;
  }
  mutex_lock(&loop->ctl);
  if (atomic_dec_and_test(&loop->open_count) && loop->autoclear && loop->state == State::bound)
    clear(loop);
  else
    mutex_unlock(&loop->ctl);
}

int Driver::show(Disk* disk) {
  const bool locks = has(Defect::show_takes_global);
  if (locks) mutex_lock(&global_);
  const auto* loop = static_cast<const Loop*>(disk->private_data);
  const int result = loop != nullptr ? loop->number : -EIO;
  if (parameters_.listener != nullptr) parameters_.listener->showing();
  if (locks) mutex_unlock(&global_);
  return result;
}

// ---- binding ------------------------------------------------------------------------------------

Loop* Driver::loop_of(int minor) {
  const sim::Machine::EngineScope engine(sim::Machine::running());
  return static_cast<Loop*>(block_.open_disk(minor)->private_data);
}

int Driver::set_fd(int minor, File* file, bool autoclear, const Transfer* transfer) {
  Loop* loop = loop_of(minor);
  refcount_inc(&file->refs);
  mutex_lock(&loop->ctl);
  const int error = bind(loop, file, autoclear, transfer);
  mutex_unlock(&loop->ctl);
  if (error != 0) refcount_dec_and_test(&file->refs);
  return error;
}

/// ctl held.
int Driver::bind(Loop* loop, File* file, bool autoclear, const Transfer* transfer) {
  if (loop->state != State::unbound) return -EBUSY;
  const bool walk_unlocked = has(Defect::recursion_walk_unlocked);
  if (!walk_unlocked) mutex_lock(&binding_);
  const int error = check_recursion(loop, file);
  if (error == 0) {
    loop->autoclear = autoclear;
    loop->transfer = transfer;
    loop->backing = file;
    start_thread(loop);
    WRITE_ONCE(loop->state, State::bound);
  }
  if (!walk_unlocked) mutex_unlock(&binding_);
  if (error != 0) return error;
  block_.uevent(Uevent::change, loop->number << part_shift_);
  return 0;
}

/// A file that is a loop device must be bound, and not to this one in the end.
int Driver::check_recursion(const Loop* loop, const File* file) const {
  while (file->loop != nullptr) {
    const Loop* below = file->loop;
    if (below == loop) return -EBUSY;
    if (READ_ONCE(below->state) != State::bound) return -EINVAL;
    file = below->backing;
  }
  return 0;
}

void Driver::start_thread(Loop* loop) {
  if (!parameters_.thread_cpu) return;
  void* room = sim::Machine::running().allocate_raw(sizeof(kthread));
  loop->thread = new (room) kthread(kthread_run("loop", *parameters_.thread_cpu, [] {
    while (!kthread_should_stop()) cpu_relax();
  }));
}

int Driver::clr_fd(int minor) {
  Loop* loop = loop_of(minor);
  mutex_lock(&loop->ctl);
  int error = 0;
  if (loop->state != State::bound)
    error = -ENXIO;
  else if (atomic_read(&loop->open_count) > 1)
    error = -EBUSY;
  if (error == 0)
    clear(loop);
  else
    mutex_unlock(&loop->ctl);
  return error;
}

void Driver::clear(Loop* loop) {
  File* file = loop->backing;
  if (has(Defect::ctl_dropped_before_stop)) {
    WRITE_ONCE(loop->state, State::unbound);
    mutex_unlock(&loop->ctl);
    if (loop->thread != nullptr) kthread_stop(*loop->thread);
    refcount_dec_and_test(&file->refs);
    return;
  }
  unbind(loop);
  mutex_unlock(&loop->ctl);
  refcount_dec_and_test(&file->refs);
}

void Driver::unbind(Loop* loop) {
  WRITE_ONCE(loop->state, State::rundown);
  if (loop->thread != nullptr) kthread_stop(*loop->thread);
  loop->thread = nullptr;
  const bool walk_unlocked = has(Defect::recursion_walk_unlocked);
  if (!walk_unlocked) mutex_lock(&binding_);
  loop->backing = nullptr;
  loop->transfer = nullptr;
  loop->autoclear = false;
  WRITE_ONCE(loop->state, State::unbound);
  if (!walk_unlocked) mutex_unlock(&binding_);
}

}  // namespace heddle::models::loop_control
