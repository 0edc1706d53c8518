#include "models/nfs/workqueue.hpp"

#include "sim/kernel/slab.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

namespace {

template <class Value>
Value guarded(Workqueue* queue, Value (*look)(const Workqueue&)) {
  mutex_lock(&queue->lock);
  const Value value = look(*queue);
  mutex_unlock(&queue->lock);
  return value;
}

}  // namespace

Workqueue* allocate_workqueue() {
  return typed<Workqueue>(kzalloc(sizeof(Workqueue), GFP_KERNEL, "workqueue"));
}

void init_work(Workqueue* queue) {
  mutex_init(&queue->lock, "workqueue");
  init_waitqueue_head(&queue->changed, "workqueue_changed");
}

std::uint32_t queue_work(Workqueue* queue, const WorkItem& item) {
  std::uint32_t ticket = 0;
  wait_event(&queue->changed, [&] {
    mutex_lock(&queue->lock);
    const bool has_room = queue->queued - queue->done < Workqueue::items_max;
    if (has_room) {
      queue->items[queue->queued % Workqueue::items_max] = item;
      ticket = ++queue->queued;
    }
    mutex_unlock(&queue->lock);
    return has_room;
  });
  wake_up(&queue->changed);
  return ticket;
}

void wait_for_work(Workqueue* queue, std::uint32_t ticket) {
  wait_event(&queue->changed, [&] {
    return guarded<std::uint32_t>(queue, [](const Workqueue& q) { return q.done; }) >= ticket;
  });
}

void flush_workqueue(Workqueue* queue) {
  wait_for_work(queue, guarded<std::uint32_t>(queue, [](const Workqueue& q) { return q.queued; }));
}

bool take_work(Workqueue* queue, WorkItem* item) {
  bool stops = false;
  wait_event(&queue->changed, [&] {
    mutex_lock(&queue->lock);
    const bool has_work = queue->queued != queue->done;
    if (has_work) *item = queue->items[queue->done % Workqueue::items_max];
    stops = !has_work && queue->stopping;
    mutex_unlock(&queue->lock);
    return has_work || stops;
  });
  return !stops;
}

void finish_work(Workqueue* queue) {
  mutex_lock(&queue->lock);
  ++queue->done;
  mutex_unlock(&queue->lock);
  wake_up(&queue->changed);
}

void stop_workqueue(Workqueue* queue) {
  mutex_lock(&queue->lock);
  queue->stopping = true;
  mutex_unlock(&queue->lock);
  wake_up(&queue->changed);
}

}  // namespace heddle::models::nfs
