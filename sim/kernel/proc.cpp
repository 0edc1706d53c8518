#include "sim/kernel/proc.hpp"

#include <cerrno>
#include <cstring>

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

/// The step in which a directory, its entries and their users are looked at and changed; it stands
/// for a section of the kernel's lock of directories.
void step_in(const proc_dir* dir, Place place) {
  Machine& machine = Machine::running();
  const auto address = reinterpret_cast<std::uintptr_t>(dir);
  const ObjectId object = ObjectId::memory(address);
  machine.step({EventKind::exchange, Mode::write, 0, object, place});
  machine.touch({.address = address,
                 .size = sizeof *dir,
                 .mode = Mode::write,
                 .atomic = true,
                 .place = place});
  machine.emit({.kind = EventKind::exchange,
                .mode = Mode::write,
                .sync = Sync::acquire_release,
                .object = object,
                .place = place});
}

/// Frees an entry that is out of its directory and out of use.
void put(proc_dir_entry* entry) {
  if (entry->removed && entry->users == 0) kfree(entry);
}

}  // namespace

proc_dir_entry* proc_create_data(proc_dir* dir, const char* name, const file_operations* operations,
                                 void* data) {
  auto* entry =
      static_cast<proc_dir_entry*>(kzalloc(sizeof(proc_dir_entry), GFP_KERNEL, "proc_dir_entry"));
  if (entry == nullptr) return nullptr;
  entry->name = name;
  entry->operations = operations;
  entry->node.data = data;
  entry->dir = dir;
  step_in(dir, HEDDLE_CALL_PLACE);
  for (proc_dir_entry*& slot : dir->entries) {
    if (slot != nullptr) continue;
    slot = entry;
    return entry;
  }
  Machine::running().misused("a directory has at most 4 entries", HEDDLE_CALL_PLACE);
}

void remove_proc_entry(proc_dir* dir, const char* name) {
  step_in(dir, HEDDLE_CALL_PLACE);
  for (proc_dir_entry*& slot : dir->entries) {
    if (slot == nullptr || std::strcmp(slot->name, name) != 0) continue;
    proc_dir_entry* entry = slot;
    slot = nullptr;
    entry->removed = true;
    put(entry);
    return;
  }
}

file* sys_open(proc_dir* dir, const char* name) {
  const Place place = HEDDLE_CALL_PLACE;
  step_in(dir, place);
  for (proc_dir_entry* entry : dir->entries) {
    if (entry == nullptr || std::strcmp(entry->name, name) != 0) continue;
    ++entry->users;
    auto* opened = static_cast<file*>(kzalloc(sizeof(file), GFP_KERNEL, "file"));
    int error = -ENOMEM;
    if (opened != nullptr) {
      opened->operations = entry->operations;
      opened->entry = &entry->node;
      error = entry->operations->open(opened->entry, opened);
      if (error == 0) return opened;
      kfree(opened);
    }
    step_in(dir, place);
    --entry->users;
    put(entry);
    return ERR_PTR<file>(error);
  }
  return ERR_PTR<file>(-ENOENT);
}

ssize_t sys_read(file* file, char* user, std::size_t size) {
  return file->operations->read(file, user, size, &file->position);
}

loff_t sys_lseek(file* file, loff_t offset) { return file->operations->llseek(file, offset); }

void sys_close(file* file) {
  const Place place = HEDDLE_CALL_PLACE;
  auto* entry = reinterpret_cast<proc_dir_entry*>(reinterpret_cast<std::uintptr_t>(file->entry) -
                                                  offsetof(proc_dir_entry, node));
  file->operations->release(file->entry, file);
  kfree(file);
  step_in(entry->dir, place);
  --entry->users;
  put(entry);
}

}  // namespace heddle::sim::kernel
