// Loading and unloading of the driver, and the control node.
#include "models/loop_control/loop.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::loop_control {

using namespace kernel;

namespace {
constexpr char code[] = "loop";
}  // namespace

// ---- the node -----------------------------------------------------------------------------------

void Driver::open_node() {
  mutex_lock(&misc_lock_);
  node_ = image_;
  mutex_unlock(&misc_lock_);
}

void Driver::remove_node() {
  mutex_lock(&misc_lock_);
  node_ = nullptr;
  mutex_unlock(&misc_lock_);
}

int Driver::open_control() {
  mutex_lock(&misc_lock_);
  // The node's operations lie in the module.
  const bool opens = node_ != nullptr && node_->data()[0] == code[0] && try_module_get(&module_);
  if (opens) atomic_inc(&node_users_);
  mutex_unlock(&misc_lock_);
  return opens ? 0 : -ENODEV;
}

void Driver::close_control() {
  if (atomic_dec_and_test(&node_users_)) wake_up(&node_closed_);
  module_put(&module_);
}

// ---- init and exit ------------------------------------------------------------------------------

int Driver::compute_limits() {
  constexpr int partitions_max = 256;
  part_shift_ = 0;
  while (parameters_.max_part >> part_shift_ != 0) ++part_shift_;
  if (1 << part_shift_ > partitions_max) return -EINVAL;
  limit_ = 1 << (parameters_.minor_bits - part_shift_);
  // A negative number is a large one, as in the kernel.
  if (static_cast<unsigned long>(parameters_.max_loop) > static_cast<unsigned long>(limit_))
    return -EINVAL;
  return 0;
}

int Driver::precreate() {
  const int count = parameters_.max_loop != 0 ? parameters_.max_loop : parameters_.min_count;
  int error = 0;
  mutex_lock(&global_);
  for (int i = 0; i < count && error == 0; ++i) {
    Loop* loop = nullptr;
    const int result = add(&loop, i);
    if (result < 0 && !has(Defect::precreate_errors_ignored)) error = result;
  }
  mutex_unlock(&global_);
  return error;
}

int Driver::init() {
  image_ = module_image::load("loop module", code, sizeof code);
  const bool node_first = has(Defect::failed_init_keeps_node) || has(Defect::init_opens_node_first);
  if (node_first) open_node();
  int error = compute_limits();
  if (error == 0) {
    block_.register_region(
        &module_,
        {[](void* driver, int minor) { return static_cast<Driver*>(driver)->probe(minor); }, this});
    error = precreate();
    if (error != 0) stop_exit();
  }
  if (error == 0) {
    if (!node_first) open_node();
    module_is_live(&module_);
    return 0;
  }
  if (!has(Defect::failed_init_keeps_node)) remove_node();
  module_image::unload(image_);
  return error;
}

/// Removes all devices, and what makes new ones.
void Driver::stop_exit() {
  block_.unregister_region();
  if (has(Defect::exit_leaves_node_for_last)) {
    idr_for_each(&index_, [this](int, void* entry) {
      remove_marked(static_cast<Loop*>(entry));
      return 0;
    });
    idr_remove_all(&index_);
  } else {
    for (;;) {
      mutex_lock(&global_);
      Loop* first = nullptr;
      idr_for_each(&index_, [&first](int, void* entry) {
        first = static_cast<Loop*>(entry);
        return 1;
      });
      if (first != nullptr) idr_remove(&index_, first->number);
      mutex_unlock(&global_);
      if (first == nullptr) break;
      remove_marked(first);
    }
  }
  idr_destroy(&index_);
}

int Driver::unload(bool forced) {
  const int error = try_stop_module(&module_, forced);
  if (error != 0) return error;
  if (!has(Defect::exit_leaves_node_for_last)) {
    remove_node();
    wait_event(&node_closed_, [this] { return smp_load_acquire(&node_users_.counter) == 0; });
  }
  stop_exit();
  if (has(Defect::exit_leaves_node_for_last)) remove_node();
  module_image::unload(image_);
  return 0;
}

int Driver::live_devices() const {
  int count = 0;
  idr_for_each(&index_, [&count](int, void*) {
    ++count;
    return 0;
  });
  return count;
}

int Driver::bound_devices() const {
  int count = 0;
  idr_for_each(&index_, [&count](int, void* entry) {
    if (static_cast<const Loop*>(entry)->state == State::bound) ++count;
    return 0;
  });
  return count;
}

}  // namespace heddle::models::loop_control
