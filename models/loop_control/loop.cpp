// Devices: adding, removing and finding them, and the ioctls of the control node.
#include "models/loop_control/loop.hpp"

#include <climits>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::loop_control {

using namespace kernel;

/// From a disk's operations to its driver's.
struct LoopOperations {
  static Driver& of(Disk* disk) { return *static_cast<Driver*>(disk->driver); }
  static int open(Disk* disk) { return of(disk).open_loop(disk); }
  static void release(Disk* disk) { of(disk).release_loop(disk); }
  static int show(Disk* disk) { return of(disk).show(disk); }
  static void free(Disk* disk) {
    auto* loop = static_cast<Loop*>(disk->private_data);
    if (loop != nullptr) of(disk).free_loop(loop);
  }
};

Driver::Driver(const Parameters& parameters)
    : parameters_(parameters),
      block_(parameters.new_block_layer),
      operations_{&LoopOperations::open, &LoopOperations::release, &LoopOperations::show,
                  &LoopOperations::free} {}

int Driver::lock_global() {
  if (!has(Defect::global_is_unkillable)) return mutex_lock_killable(&global_);
  mutex_lock(&global_);
  return 0;
}

// ---- the control node ---------------------------------------------------------------------------

int Driver::control(unsigned command, unsigned long argument) {
  const int number = static_cast<int>(argument);
  const bool takes_number = command == LOOP_CTL_ADD || command == LOOP_CTL_REMOVE;
  if (takes_number && !has(Defect::argument_unchecked) && argument > INT_MAX) return -EINVAL;
  if (takes_number && !has(Defect::range_unchecked) && number >= limit_) return -EINVAL;
  switch (command) {
    case LOOP_CTL_ADD:
      return add_command(number);
    case LOOP_CTL_REMOVE:
      return remove_command(number);
    case LOOP_CTL_GET_FREE:
      return get_free();
    default:
      return has(Defect::unknown_is_enosys) ? -ENOSYS : -ENOTTY;
  }
}

int Driver::add_command(int number) {
  for (;;) {
    if (lock_global() != 0) return -EINTR;
    const Loop* known = lookup(number);
    if (known == nullptr || state_of(known) != State::deleting) {
      Loop* loop = nullptr;
      const int result = known != nullptr ? -EEXIST : add(&loop, number);
      unlock_global();
      return result;
    }
    // The number can be used again when its device is gone.
    const int seen = atomic_read(&removals_);
    unlock_global();
    const auto is_removed = [this, seen] { return atomic_read(&removals_) != seen; };
    if (wait_event_killable(&removed_, is_removed) != 0) return -EINTR;
  }
}

int Driver::get_free() {
  if (lock_global() != 0) return -EINTR;
  Loop* loop = find_free();
  const int result = loop != nullptr ? loop->number : add(&loop, -1);
  unlock_global();
  return result;
}

State Driver::state_of(const Loop* loop) const {
  return has(Defect::free_scan_unmarked) ? loop->state : READ_ONCE(loop->state);
}

Loop* Driver::find_free() {
  Loop* found = nullptr;
  idr_for_each(&index_, [this, &found](int, void* entry) {
    auto* loop = static_cast<Loop*>(entry);
    const State state = state_of(loop);
    const bool is_free = state == State::unbound ||
                         (state == State::deleting && has(Defect::free_scan_takes_deleting));
    if (is_free) found = loop;
    return is_free ? 1 : 0;
  });
  return found;
}

Loop* Driver::lookup(int number) {
  if (number < 0) return has(Defect::argument_unchecked) ? find_free() : nullptr;
  return static_cast<Loop*>(idr_find(&index_, number));
}

// ---- adding -------------------------------------------------------------------------------------

/// @returns 0 or an error; the number may be -1 for the least free one, and is then replaced.
int Driver::take_number(Loop* loop, int& number) {
  const int put_aside = idr_pre_get(&index_, GFP_KERNEL);
  if (has(Defect::preload_misread) ? put_aside < 0 : put_aside == 0) return -ENOMEM;
  if (number < -1) return -EINVAL;
  int taken = 0;
  const int error = idr_get_new_above(&index_, loop, number < 0 ? 0 : number, &taken);
  if (error < 0) return error;
  const bool is_wrong = number >= 0 && taken != number;
  const bool is_beyond = number < 0 && taken >= limit_ && !has(Defect::range_unchecked);
  if (is_wrong || is_beyond) {
    idr_remove(&index_, taken);
    return is_wrong ? -EEXIST : -ENOSPC;
  }
  number = taken;
  return 0;
}

int Driver::add(Loop** created, int number) {
  auto* loop = typed<Loop>(kzalloc(sizeof(Loop), GFP_KERNEL, "loop_device"));
  if (loop == nullptr) return -ENOMEM;
  const bool disk_first = has(Defect::disk_added_before_number) && number >= 0;
  int error = disk_first ? 0 : take_number(loop, number);
  if (error < 0) {
    kfree(loop);
    return error;
  }
  loop->queue = kzalloc(64, GFP_KERNEL, "request_queue");
  Disk* disk = loop->queue != nullptr ? block_.alloc_disk() : nullptr;
  if (disk == nullptr) {
    if (!has(Defect::failed_add_stays_indexed) && !disk_first) idr_remove(&index_, number);
    kfree(loop->queue);
    kfree(loop);
    return has(Defect::failed_add_returns_zero) ? 0 : -ENOMEM;
  }
  loop->number = number;
  loop->disk = disk;
  mutex_init(&loop->ctl, "lo_ctl_mutex");
  constexpr unsigned minor_mask = (1u << 20) - 1;
  disk->first_minor = static_cast<int>(static_cast<unsigned>(number) << part_shift_ & minor_mask);
  disk->operations = &operations_;
  disk->owner = &module_;
  disk->driver = this;
  disk->private_data = loop;
  block_.add_disk(disk);
  if (disk_first) error = take_number(loop, number);
  if (error < 0) {
    block_.put_disk(disk);
    return error;
  }
  *created = loop;
  return number;
}

Disk* Driver::probe(int minor) {
  mutex_lock(&global_);
  const int number = minor >> part_shift_;
  auto* loop = static_cast<Loop*>(idr_find(&index_, number));
  // One that is going is gone: to hand out its disk would only send the opener round again.
  if (loop != nullptr && READ_ONCE(loop->state) == State::deleting) loop = nullptr;
  int error = loop != nullptr ? 0 : -ENODEV;
  if (loop == nullptr && has(Defect::open_recreates)) error = add(&loop, number);
  Disk* disk = nullptr;
  if (error >= 0 && loop != nullptr)
    disk =
        has(Defect::probe_takes_no_reference) || block_.get_disk(loop->disk) ? loop->disk : nullptr;
  else if (has(Defect::probe_error_is_followed))
    disk = ERR_PTR<Disk>(error);
  mutex_unlock(&global_);
  return disk;
}

// ---- removing -----------------------------------------------------------------------------------

/// Does REMOVE keep the global mutex until all of the device is gone?
bool Driver::global_spans_removal() const {
  return has(Defect::open_takes_global) || has(Defect::global_is_unkillable) ||
         has(Defect::show_takes_global);
}

int Driver::remove_command(int number) {
  if (lock_global() != 0) return -EINTR;
  Loop* loop = lookup(number);
  if (loop == nullptr) {
    unlock_global();
    return -ENODEV;
  }
  if (has(Defect::remove_ignores_ctl)) return remove_as_posted(loop);
  if (has(Defect::global_dropped_after_lookup)) unlock_global();
  mutex_lock(&loop->ctl);
  int result = loop->number;
  if (loop->state == State::deleting)
    result = -ENODEV;
  else if (loop->state != State::unbound || atomic_read(&loop->open_count) > 0)
    result = -EBUSY;
  const bool removes = result >= 0;
  if (removes && !has(Defect::removal_unmarked)) WRITE_ONCE(loop->state, State::deleting);
  mutex_unlock(&loop->ctl);
  if (has(Defect::global_dropped_after_lookup)) mutex_lock(&global_);
  const bool early = has(Defect::removal_unmarked);
  if (removes && early) idr_remove(&index_, result);
  const bool spans = global_spans_removal();
  if (!removes || !spans) unlock_global();
  if (!removes) return result;

  const bool late = has(Defect::unindexed_after_free);
  if (late) remove_marked(loop);
  if (!late) unregister(loop);
  if (!early) {
    if (!spans) mutex_lock(&global_);
    idr_remove(&index_, result);
    atomic_inc(&removals_);
    if (!spans) unlock_global();
  }
  if (spans) unlock_global();
  wake_up(&removed_);
  if (!late && !has(Defect::disk_put_before_removal)) block_.put_disk(loop->disk);
  return result;
}

/// As the patch does it: under the global mutex alone. Releases that.
int Driver::remove_as_posted(Loop* loop) {
  const int number = loop->number;
  if (loop->state != State::unbound || atomic_read(&loop->open_count) > 0) {
    unlock_global();
    return -EBUSY;
  }
  Disk* disk = loop->disk;
  disk->private_data = nullptr;
  idr_remove(&index_, number);
  block_.del_gendisk(disk);
  block_.put_disk(disk);
  free_loop(loop);
  atomic_inc(&removals_);
  unlock_global();
  return number;
}

void Driver::unregister(Loop* loop) {
  Disk* disk = loop->disk;
  if (has(Defect::disk_put_before_removal)) block_.put_disk(disk);
  block_.del_gendisk(disk);
}

void Driver::remove_marked(Loop* loop) {
  Disk* disk = loop->disk;
  unregister(loop);
  if (!has(Defect::disk_put_before_removal)) block_.put_disk(disk);
}

void Driver::free_loop(Loop* loop) {
  kfree(loop->queue);
  kfree(loop);
}

void Driver::unregister_transfer(const Transfer* transfer) {
  const bool locked = !has(Defect::transfer_walk_unlocked);
  if (locked) mutex_lock(&global_);
  idr_for_each(&index_, [transfer](int, void* entry) {
    auto* loop = static_cast<Loop*>(entry);
    mutex_lock(&loop->ctl);
    if (loop->transfer == transfer) loop->transfer = nullptr;
    mutex_unlock(&loop->ctl);
    return 0;
  });
  if (locked) mutex_unlock(&global_);
}

}  // namespace heddle::models::loop_control
