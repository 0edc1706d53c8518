#include "models/loop_control/block.hpp"

#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::models::loop_control {

using namespace kernel;

// ---- disks --------------------------------------------------------------------------------------

Disk* BlockLayer::alloc_disk() {
  auto* disk = typed<Disk>(kzalloc(sizeof(Disk), GFP_KERNEL, "gendisk"));
  if (disk != nullptr) kref_init(&disk->refs);
  return disk;
}

bool BlockLayer::get_disk(Disk* disk) {
  if (!try_module_get(disk->owner)) return false;
  kref_get(&disk->refs);
  return true;
}

void BlockLayer::put_disk(Disk* disk) {
  kref_put(&disk->refs, [disk](kref*) {
    disk->operations->free(disk);
    kfree(disk);
  });
}

void BlockLayer::put_disk_and_module(Disk* disk) {
  kernel_module* owner = disk->owner;
  put_disk(disk);
  module_put(owner);
}

void BlockLayer::add_disk(Disk* disk) {
  mutex_lock(&map_lock_);
  WARN_ON(exact_disk(disk->first_minor) != nullptr, "no two disks have the same number");
  for (Disk*& slot : disks_) {
    if (slot != nullptr) continue;
    slot = disk;
    break;
  }
  atomic_set(&disk->up, 1);
  mutex_unlock(&map_lock_);
  uevent(Uevent::add, disk->first_minor);
}

void BlockLayer::del_gendisk(Disk* disk) {
  if (del_gendisk_locks_) {
    BlockDevice& device = device_of(disk->first_minor);
    mutex_lock(&device.bd_mutex);
    mutex_unlock(&device.bd_mutex);
  }
  mutex_lock(&map_lock_);
  for (Disk*& slot : disks_)
    if (slot == disk) slot = nullptr;
  atomic_set(&disk->up, 0);
  mutex_unlock(&map_lock_);
  wait_event(&read_, [disk] { return smp_load_acquire(&disk->readers.counter) == 0; });
  uevent(Uevent::remove, disk->first_minor);
}

int BlockLayer::read_attribute(int minor) {
  mutex_lock(&map_lock_);
  Disk* disk = exact_disk(minor);
  if (disk != nullptr) atomic_inc(&disk->readers);
  mutex_unlock(&map_lock_);
  if (disk == nullptr) return -ENOENT;
  const int result = disk->operations->show(disk);
  // The disk may be gone with its last reader, so the queue is not the disk's.
  if (atomic_dec_and_test(&disk->readers)) wake_up(&read_);
  return result;
}

// ---- the map ------------------------------------------------------------------------------------

Disk* BlockLayer::exact_disk(int minor) {
  for (Disk* disk : disks_)
    if (disk != nullptr && disk->first_minor == minor) return disk;
  return nullptr;
}

bool BlockLayer::has_other_disk(int minor, const Disk* disk) const {
  const sim::Machine::EngineScope engine(sim::Machine::running());
  for (const Disk* other : disks_)
    if (other != nullptr && other != disk && other->first_minor == minor) return true;
  return false;
}

void BlockLayer::register_region(kernel_module* owner, Probe probe) {
  mutex_lock(&map_lock_);
  region_owner_ = owner;
  probe_ = probe;
  mutex_unlock(&map_lock_);
}

void BlockLayer::unregister_region() {
  mutex_lock(&map_lock_);
  region_owner_ = nullptr;
  mutex_unlock(&map_lock_);
}

Disk* BlockLayer::find_disk(int minor) {
  for (bool probed = false;; probed = true) {
    mutex_lock(&map_lock_);
    Disk* disk = exact_disk(minor);
    if (disk != nullptr) {
      if (!get_disk(disk)) disk = nullptr;
      mutex_unlock(&map_lock_);
      return disk;
    }
    kernel_module* owner = region_owner_;
    const Probe probe = probe_;
    const bool probes = !probed && owner != nullptr && try_module_get(owner);
    mutex_unlock(&map_lock_);
    if (!probes) return nullptr;
    disk = probe.function(probe.driver, minor);
    module_put(owner);
    if (disk != nullptr) return disk;  // whatever it is
  }
}

// ---- block devices ------------------------------------------------------------------------------

BlockDevice& BlockLayer::device_of(int minor) {
  HEDDLE_CHECK(minor >= 0 && static_cast<std::size_t>(minor) < devices_.size(),
               "a scenario opens the first 8 device numbers");
  return devices_[static_cast<std::size_t>(minor)];
}

int BlockLayer::open(int minor) {
  for (;;) {
    Disk* disk = find_disk(minor);
    if (disk == nullptr) return -ENXIO;
    BlockDevice& device = device_of(minor);
    kernel_module* owner = disk->owner;
    mutex_lock(&device.bd_mutex);
    const bool first = device.openers == 0;
    if (first)
      device.disk = disk;
    else
      put_disk_and_module(disk);
    const int error = device.disk->operations->open(device.disk);
    if (error == 0) ++device.openers;
    if (error != 0 && first) device.disk = nullptr;
    mutex_unlock(&device.bd_mutex);
    if (error == 0) return 0;
    if (first) {
      put_disk(disk);
      module_put(owner);
    }
    if (error != -ERESTARTSYS) return error;
  }
}

void BlockLayer::close(int minor) {
  BlockDevice& device = device_of(minor);
  mutex_lock(&device.bd_mutex);
  Disk* disk = device.disk;
  --device.openers;
  disk->operations->release(disk);
  if (device.openers == 0) {
    device.disk = nullptr;
    put_disk_and_module(disk);
  }
  mutex_unlock(&device.bd_mutex);
}

// ---- uevents ------------------------------------------------------------------------------------

void BlockLayer::uevent(Uevent::Action action, int minor) {
  if (!listening_) return;
  mutex_lock(&events_lock_);
  const int sent = atomic_read(&events_sent_);
  HEDDLE_CHECK(sent < static_cast<int>(events_max), "a scenario sends at most 256 uevents");
  events_[static_cast<std::size_t>(sent)] = {action, minor};
  atomic_set(&events_sent_, sent + 1);
  mutex_unlock(&events_lock_);
  wake_up(&events_wait_);
}

bool BlockLayer::next_uevent(Uevent& event) {
  wait_event(&events_wait_, [this] {
    return atomic_read(&events_sent_) != events_taken_ || atomic_read(&events_stopped_) != 0;
  });
  if (atomic_read(&events_sent_) == events_taken_) return false;
  mutex_lock(&events_lock_);
  event = events_[static_cast<std::size_t>(events_taken_++)];
  mutex_unlock(&events_lock_);
  return true;
}

void BlockLayer::stop_listening() {
  atomic_set(&events_stopped_, 1);
  wake_up(&events_wait_);
}

}  // namespace heddle::models::loop_control
