#include "sim/kernel/proc.hpp"

#include <cerrno>
#include <cstring>

#include "sim/core/check.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::sim::kernel {

proc_dir_entry* proc_create_data(proc_dir* dir, const char* name, const file_operations* operations,
                                 void* data) {
  auto* entry = static_cast<proc_dir_entry*>(kzalloc(sizeof(proc_dir_entry), GFP_KERNEL));
  if (entry == nullptr) return nullptr;
  entry->name = name;
  entry->operations = operations;
  entry->node.data = data;
  for (proc_dir_entry*& slot : dir->entries) {
    if (slot != nullptr) continue;
    slot = entry;
    return entry;
  }
  HEDDLE_CHECK(false, "a directory has at most 4 entries");
}

namespace {
void put(proc_dir_entry* entry) {
  if (entry->removed && entry->users == 0) kfree(entry);
}
}  // namespace

void remove_proc_entry(proc_dir* dir, const char* name) {
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
  for (proc_dir_entry* entry : dir->entries) {
    if (entry == nullptr || std::strcmp(entry->name, name) != 0) continue;
    ++entry->users;
    auto* opened = static_cast<file*>(kzalloc(sizeof(file), GFP_KERNEL));
    int error = -ENOMEM;
    if (opened != nullptr) {
      opened->operations = entry->operations;
      opened->entry = &entry->node;
      error = entry->operations->open(opened->entry, opened);
      if (error == 0) return opened;
      kfree(opened);
    }
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
  auto* entry = reinterpret_cast<proc_dir_entry*>(reinterpret_cast<std::uintptr_t>(file->entry) -
                                                  offsetof(proc_dir_entry, node));
  file->operations->release(file->entry, file);
  kfree(file);
  --entry->users;
  put(entry);
}

}  // namespace heddle::sim::kernel
