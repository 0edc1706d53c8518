// Files of the kernel: an entry in a directory, and what a process that opened it holds.
#pragma once

#include <array>
#include <cstddef>

#include "sim/kernel/seq_file.hpp"

namespace heddle::sim::kernel {

/// What open() gets to know of the entry that is opened.
struct inode {
  void* data;  ///< as given to proc_create_data()
};

struct file_operations {
  int (*open)(inode* inode, file* file);
  ssize_t (*read)(file* file, char* user, std::size_t size, loff_t* position);
  loff_t (*llseek)(file* file, loff_t offset);
  int (*release)(inode* inode, file* file);
};

/// An open file.
struct file {
  const file_operations* operations;
  inode* entry;
  loff_t position;
  void* private_data;
};

struct proc_dir;

struct proc_dir_entry {
  proc_dir* dir;
  const char* name;
  const file_operations* operations;
  inode node;
  int users;  ///< open files
  bool removed;
};

/// A directory of at most 4 entries; it outlives them. Zeroed memory is an empty one. To create,
/// remove, open or close an entry is a step on the directory; these steps order what is done around
/// them.
struct proc_dir {
  std::array<proc_dir_entry*, 4> entries;
};

/// @returns the entry, or nullptr when memory is short.
proc_dir_entry* proc_create_data(proc_dir* dir, const char* name, const file_operations* operations,
                                 void* data);
/// The entry can be opened no more. Waits for nobody; files that are open stay usable.
void remove_proc_entry(proc_dir* dir, const char* name);

// What a process does; each is a system call of the running task.

/// @returns the file, or an ERR_PTR: -ENOENT, -ENOMEM, or what the entry's open() says.
file* sys_open(proc_dir* dir, const char* name);
/// @returns bytes read into `user`, 0 at the end, or an error.
ssize_t sys_read(file* file, char* user, std::size_t size);
/// @returns the new position or an error.
loff_t sys_lseek(file* file, loff_t offset);
void sys_close(file* file);

}  // namespace heddle::sim::kernel
