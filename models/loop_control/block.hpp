// The block layer around the loop driver, as far as it decides who meets whom: disks with their
// references, the map from device numbers to disks, block devices whose mutex is held around open
// and release, attributes whose removal waits for their readers, and uevents. Behaviour of Linux
// 3.0 (block/genhd.c, drivers/base/map.c, fs/block_dev.c).
#pragma once

#include <array>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/module.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/refcount.hpp"
#include "sim/kernel/wait.hpp"

namespace heddle::models::loop_control {

namespace kernel = sim::kernel;

struct Disk;

/// What a driver does for its disks.
struct DiskOperations {
  int (*open)(Disk* disk);      ///< block device's mutex held; -ERESTARTSYS: look the disk up again
  void (*release)(Disk* disk);  ///< the same mutex held
  int (*show)(Disk* disk);      ///< an attribute is read
  void (*free)(Disk* disk);     ///< with its last reference
};

struct Disk {
  kernel::kref refs;
  kernel::atomic_t up;       ///< registered: add_disk() was called and del_gendisk() was not
  kernel::atomic_t readers;  ///< of its attributes
  int first_minor;
  const DiskOperations* operations;
  kernel::kernel_module* owner;
  void* driver;        ///< the driver's own, for its operations
  void* private_data;  ///< the device
};

/// What is behind a device number. It outlives the disks.
struct BlockDevice {
  kernel::mutex bd_mutex = kernel::MUTEX_UNLOCKED("bd_mutex");
  int openers = 0;
  Disk* disk = nullptr;
};

struct Uevent {
  enum Action : int { add, change, remove };
  Action action;
  int minor;
};

/// Creates a disk for a number that has none. @returns it with a reference, nullptr, or an ERR_PTR.
struct Probe {
  Disk* (*function)(void* driver, int minor);
  void* driver;
};

class BlockLayer {
 public:
  /// `del_gendisk_locks`: as in later kernels, del_gendisk() takes the bd_mutex of its device.
  explicit BlockLayer(bool del_gendisk_locks) : del_gendisk_locks_(del_gendisk_locks) {}

  // For processes. Minors are those of whole disks.

  /// @returns 0 or an error.
  int open(int minor);
  void close(int minor);
  /// Reads an attribute. @returns what the driver says, or -ENOENT.
  int read_attribute(int minor);
  /// From here on uevents are kept for next_uevent().
  void listen() { listening_ = true; }
  /// Waits for a uevent; for one process. @returns false when stop_listening() was called and none
  /// is left.
  bool next_uevent(Uevent& event);
  void stop_listening();

  // For drivers.

  /// @returns nullptr when memory is short.
  Disk* alloc_disk();
  void add_disk(Disk* disk);
  /// Nobody finds the disk from now on. Waits for readers of attributes.
  void del_gendisk(Disk* disk);
  /// @returns whether there was a module to take a reference to as well.
  bool get_disk(Disk* disk);
  void put_disk(Disk* disk);
  /// Forgets one reference to the disk; the module's goes with it unless there was none.
  void put_disk_and_module(Disk* disk);
  void register_region(kernel::kernel_module* owner, Probe probe);
  void unregister_region();
  void uevent(Uevent::Action action, int minor);

  /// The disk that is open under the number, or nullptr. For who has it open.
  Disk* open_disk(int minor) { return device_of(minor).disk; }
  /// Is there a registered disk for the minor other than this one? Looks without a lock: for
  /// checks.
  bool has_other_disk(int minor, const Disk* disk) const;
  const kernel::mutex& map_lock() const { return map_lock_; }

 private:
  static constexpr std::size_t disks_max = 8;
  static constexpr std::size_t events_max = 256;
  BlockDevice& device_of(int minor);
  /// With references to the disk and its module; nullptr if there is none.
  Disk* find_disk(int minor);
  Disk* exact_disk(int minor);

  bool del_gendisk_locks_;
  kernel::mutex map_lock_ = kernel::MUTEX_UNLOCKED("map_lock");
  std::array<Disk*, disks_max> disks_{};
  kernel::kernel_module* region_owner_ = nullptr;
  Probe probe_{};
  kernel::wait_queue_head_t read_ = kernel::WAIT_QUEUE_HEAD("readers_gone");
  std::array<BlockDevice, 8> devices_{};
  bool listening_ = false;
  kernel::mutex events_lock_ = kernel::MUTEX_UNLOCKED("events_lock");
  kernel::wait_queue_head_t events_wait_ = kernel::WAIT_QUEUE_HEAD("uevents");
  std::array<Uevent, events_max> events_{};
  kernel::atomic_t events_sent_{0};
  kernel::atomic_t events_stopped_{0};
  int events_taken_ = 0;
};

}  // namespace heddle::models::loop_control
