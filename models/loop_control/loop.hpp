// The loop driver with its control node. Source of the behaviour: the patch "loop: add management
// interface for on-demand device allocation" as posted on 2011-07-26, and drivers/block/loop.c
// around it. See README.md for what is modelled, and defects.hpp for how it can be wrong.
#pragma once

#include <cstdint>
#include <optional>

#include "models/loop_control/block.hpp"
#include "models/loop_control/defects.hpp"
#include "sim/kernel/idr.hpp"
#include "sim/kernel/kthread.hpp"

namespace heddle::models::loop_control {

// Commands of the control node.
inline constexpr unsigned LOOP_CTL_ADD = 0x4C80;
inline constexpr unsigned LOOP_CTL_REMOVE = 0x4C81;
inline constexpr unsigned LOOP_CTL_GET_FREE = 0x4C82;

struct Loop;

/// A file that a device can be bound to; `loop` if the file is a loop device itself.
struct File {
  kernel::refcount_t refs;
  Loop* loop;
};

/// A cipher that another module registered.
struct Transfer {
  int id;
};

enum class State : int { unbound, bound, rundown, deleting };

/// A loop device.
struct Loop {
  int number;
  State state;  ///< written under ctl, read anywhere
  bool autoclear;
  File* backing;
  const Transfer* transfer;
  kernel::kthread* thread;  ///< nullptr: none
  kernel::atomic_t open_count;
  kernel::mutex ctl;
  void* queue;
  Disk* disk;
};

/// Hears of what cannot be seen from outside.
class Listener {
 public:
  /// An open fails because its disk is being removed; `other` disk has its number by now.
  virtual void open_failed(bool other) = 0;
  /// An attribute is being read; may sleep.
  virtual void showing() = 0;

 protected:
  ~Listener() = default;
};

struct Parameters {
  Defects defects;
  int max_loop = 0;
  int max_part = 0;
  int min_count = 0;                   ///< devices that init() creates when max_loop is 0
  int minor_bits = 20;                 ///< how many numbers there are
  std::optional<sim::Cpu> thread_cpu;  ///< bound devices have a thread, which lives there
  bool new_block_layer = false;
  Listener* listener = nullptr;
};

class Driver {
 public:
  explicit Driver(const Parameters& parameters);

  /// Loads the module. @returns 0 or an error; then it is not loaded.
  int init();
  /// @returns -EBUSY if it is in use, and not `forced`.
  int unload(bool forced = false);

  // The control node.

  int open_control();
  void close_control();
  int control(unsigned command, unsigned long argument = 0);

  // ioctls of an open device.

  int set_fd(int minor, File* file, bool autoclear = false, const Transfer* transfer = nullptr);
  int clr_fd(int minor);
  /// The device behind the open device number, as a file's.
  Loop* loop_of(int minor);

  /// A module that registered a transfer takes it back.
  void unregister_transfer(const Transfer* transfer);

  BlockLayer& block() { return block_; }
  /// How many devices there are, and how many of them are bound. For who runs alone.
  int live_devices() const;
  int bound_devices() const;
  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  const kernel::mutex& global() const { return global_; }
  const kernel::idr& index() const { return index_; }
  const kernel::kernel_module& module() const { return module_; }

 private:
  friend struct LoopOperations;

  int compute_limits();
  int precreate();
  void stop_exit();
  void open_node();
  void remove_node();
  int lock_global();
  void unlock_global() { kernel::mutex_unlock(&global_); }

  int add_command(int number);
  int remove_command(int number);
  int get_free();
  int add(Loop** created, int number);
  int take_number(Loop* loop, int& number);
  Loop* lookup(int number);
  Loop* find_free();
  int remove_as_posted(Loop* loop);
  void remove_marked(Loop* loop);
  bool global_spans_removal() const;
  void unregister(Loop* loop);
  void free_loop(Loop* loop);
  State state_of(const Loop* loop) const;

  Disk* probe(int minor);
  int open_loop(Disk* disk);
  int open_under_global(Disk* disk);
  void release_loop(Disk* disk);
  int show(Disk* disk);
  int bind(Loop* loop, File* file, bool autoclear, const Transfer* transfer);
  int check_recursion(const Loop* loop, const File* file) const;
  /// ctl held; releases it.
  void clear(Loop* loop);
  void unbind(Loop* loop);
  void start_thread(Loop* loop);

  Parameters parameters_;
  BlockLayer block_;
  DiskOperations operations_;
  kernel::mutex global_ = kernel::MUTEX_UNLOCKED("loop_devices_mutex");
  kernel::mutex binding_ = kernel::MUTEX_UNLOCKED("binding");
  kernel::idr index_{};
  kernel::kernel_module module_{};
  int part_shift_ = 0;
  int limit_ = 0;  // numbers are below
  kernel::atomic_t removals_{0};
  kernel::wait_queue_head_t removed_ = kernel::WAIT_QUEUE_HEAD("removed");

  // The misc device of the control node.
  kernel::mutex misc_lock_ = kernel::MUTEX_UNLOCKED("misc_lock");
  kernel::module_image* image_ = nullptr;
  kernel::module_image* node_ = nullptr;  // whose code the node leads to
  kernel::atomic_t node_users_{0};
  kernel::wait_queue_head_t node_closed_ = kernel::WAIT_QUEUE_HEAD("node_closed");
};

}  // namespace heddle::models::loop_control
