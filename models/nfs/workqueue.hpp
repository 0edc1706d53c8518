// A single-threaded workqueue of the server, whose items say which mount a client has given up.
#pragma once

#include <cstdint>

#include "sim/core/ids.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/wait.hpp"

namespace heddle::models::nfs {

struct WorkItem {
  sim::HostId client;
  std::uint32_t number = 0;
};

/// Created by the module's init, freed by its exit.
struct Workqueue {
  static constexpr std::uint32_t items_max = 4;

  sim::kernel::mutex lock;
  sim::kernel::wait_queue_head_t changed;
  WorkItem items[items_max];
  std::uint32_t queued;  ///< how many items were ever queued
  std::uint32_t done;    ///< how many of them were worked on
  bool stopping;
};

/// A queue whose work is not set up yet. @returns nullptr without memory.
Workqueue* allocate_workqueue();
/// Sets it up. @pre nobody uses it.
void init_work(Workqueue* queue);
/// @returns the item's ticket. Waits while there is no room.
std::uint32_t queue_work(Workqueue* queue, const WorkItem& item);
/// Waits until the item with this ticket was worked on.
void wait_for_work(Workqueue* queue, std::uint32_t ticket);
/// Waits until all that was queued so far was worked on.
void flush_workqueue(Workqueue* queue);
/// The worker's: waits for an item. @returns false when the queue stops.
bool take_work(Workqueue* queue, WorkItem* item);
void finish_work(Workqueue* queue);
/// The worker ends. @pre nothing is queued, nor will be.
void stop_workqueue(Workqueue* queue);

}  // namespace heddle::models::nfs
