// The proc file "lu_refs": one record for each ref, newest first. A reader's place between two
// read() calls is a marker in the global list, since refs come and go meanwhile.
#include "models/lu_ref/lu_ref.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/string.hpp"

namespace heddle::models::lu_ref {

using namespace kernel;

namespace {
constexpr const char* file_name = "lu_refs";
}  // namespace

int Module::create_proc_file() {
  static constexpr file_operations operations = {&Module::open, &seq_read, &seq_lseek,
                                                 &Module::release};
  return proc_create_data(&proc_, file_name, &operations, this) != nullptr ? 0 : -ENOMEM;
}

void Module::remove_proc_file() { remove_proc_entry(&proc_, file_name); }

Cursor* Module::new_cursor() {
  if (has(Defect::shared_debug_state)) return &marker_;
  auto* cursor = typed<Cursor>(kzalloc(sizeof(Cursor), GFP_KERNEL));
  if (cursor == nullptr) return nullptr;
  INIT_LIST_HEAD(&cursor->marker.linkage);
  cursor->module = this;
  return cursor;
}

// The ref after the marker, other readers' markers skipped; nullptr at the list's end.
Ref* Module::shown_next(const Cursor& cursor) const {
  for (list_head* at = cursor.marker.linkage.next; at != &all_; at = at->next) {
    Ref* ref = container_of(at, &Ref::linkage);
    if (!is_marker(ref)) return ref;
  }
  return nullptr;
}

// Moves the marker behind the ref that it stands before. @pre there is one; refs_guard is held.
void Module::advance(Cursor& cursor) {
  Ref* ref = shown_next(cursor);
  if (has(Defect::next_stops_short)) {
    list_unlink(&cursor.marker.linkage);
    list_add_tail(&cursor.marker.linkage, &ref->linkage);
  } else {
    list_move(&cursor.marker.linkage, &ref->linkage);
  }
  ++cursor.position;
  cursor.shown_serial = 0;
}

void* Module::start(seq_file* seq, loff_t* pos) {
  auto* cursor = static_cast<Cursor*>(seq->private_data);
  Module& module = *cursor->module;
  unsigned long flags = 0;
  module.lock_refs(flags);
  const bool linked = !list_empty(&cursor->marker.linkage);
  if (linked && *pos < cursor->position && !module.has(Defect::start_ignores_position)) {
    list_move(&cursor->marker.linkage, &module.all_);
    cursor->position = 0;
    cursor->shown_serial = 0;
    while (cursor->position < *pos && module.shown_next(*cursor) != nullptr)
      module.advance(*cursor);
  }
  if (linked && *pos > cursor->position && !module.has(Defect::cursor_repeats_record)) {
    // The record before *pos went out whole. Its ref is still the next one, or is gone.
    const Ref* ref = module.shown_next(*cursor);
    if (ref != nullptr && ref->serial == cursor->shown_serial) module.advance(*cursor);
    cursor->position = *pos;
  }
  module.unlock_refs(flags);
  return linked ? cursor : nullptr;
}

void Module::stop(seq_file*, void*) {}

void* Module::next(seq_file* seq, void* at, loff_t* pos) {
  auto* cursor = static_cast<Cursor*>(at);
  Module& module = *cursor->module;
  BUG_ON(seq->private_data != at, "the iteration goes on with the cursor it began with");
  if (module.has(Defect::next_reads_unlocked))
    BUG_ON(list_empty(&cursor->marker.linkage), "the marker is in the list");
  unsigned long flags = 0;
  module.lock_refs(flags);
  const Ref* ref = module.shown_next(*cursor);
  if (ref != nullptr) {
    ++*pos;
    // The ref that was shown may be gone: then the marker already stands before the next one.
    if (ref->serial == cursor->shown_serial || module.has(Defect::next_skips_unshown))
      module.advance(*cursor);
    else
      ++cursor->position;
  }
  module.unlock_refs(flags);
  return ref != nullptr ? at : nullptr;
}

int Module::show(seq_file* seq, void* at) {
  auto* cursor = static_cast<Cursor*>(at);
  Module& module = *cursor->module;
  unsigned long refs_flags = 0;
  module.lock_refs(refs_flags);
  Ref* ref = module.shown_next(*cursor);
  if (ref == nullptr) {
    module.unlock_refs(refs_flags);
    return 0;
  }
  unsigned long flags = 0;
  module.lock(ref, flags);
  seq_printf(seq, "ref %p links %d failed %d from %s line %d\n", static_cast<void*>(ref), ref->refs,
             ref->failed, ref->func, ref->line);
  if (ref->refs > module.parameters_.show_links_max) {
    seq_printf(seq, "  links left out\n");
  } else {
    int i = 0;
    for (const list_head* entry = ref->list.next; entry != &ref->list; entry = entry->next) {
      const Link* link = container_of(entry, &Link::linkage);
      seq_printf(seq, "  link %d %.*s %p\n", i++, static_cast<int>(strlen(link->scope)),
                 link->scope, link->source);
    }
  }
  cursor->shown_serial = ref->serial;
  module.unlock(ref, flags);
  module.unlock_refs(refs_flags);
  return 0;
}

int Module::open(inode* inode, file* file) {
  return static_cast<Module*>(inode->data)->open_cursor(file);
}

int Module::open_cursor(file* file) {
  static constexpr seq_operations operations = {&Module::start, &Module::stop, &Module::next,
                                                &Module::show};
  const int error = seq_open(file, &operations, parameters_.seq_buffer_bytes);
  if (error != 0) return error;
  Cursor* cursor = new_cursor();
  if (cursor == nullptr) {
    seq_release(file);
    return -ENOMEM;
  }
  unsigned long flags = 0;
  lock_refs(flags);
  const bool busy = !list_empty(&cursor->marker.linkage);
  if (!busy) {
    cursor->position = 0;
    cursor->shown_serial = 0;
    list_add(&cursor->marker.linkage, &all_);
  }
  unlock_refs(flags);
  if (busy) {
    seq_release(file);
    return -EAGAIN;
  }
  static_cast<seq_file*>(file->private_data)->private_data = cursor;
  return 0;
}

int Module::release(inode* inode, file* file) {
  auto* cursor = static_cast<Cursor*>(static_cast<seq_file*>(file->private_data)->private_data);
  static_cast<Module*>(inode->data)->close_cursor(cursor);
  seq_release(file);
  return 0;
}

void Module::close_cursor(Cursor* cursor) {
  const bool unlocked = has(Defect::release_unlocked);
  unsigned long flags = 0;
  if (!unlocked) lock_refs(flags);
  if (!has(Defect::release_keeps_marker)) list_del_init(&cursor->marker.linkage);
  if (!unlocked) unlock_refs(flags);
  if (!has(Defect::shared_debug_state)) kfree(cursor);
}

}  // namespace heddle::models::lu_ref
