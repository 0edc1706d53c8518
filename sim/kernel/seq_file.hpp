// seq_file: how a kernel file is read record by record through a buffer, as in Linux 3.10
// (fs/seq_file.c). A read is no snapshot: between two calls, and between two records, anything can
// happen. What is easily got wrong, and modelled: a record that does not fit is dropped and shown
// again; a first record that does not fit doubles the buffer and starts again; when the user's
// buffer is full, next() has not been called for the last record; leftovers come first next time.
//
// Not modelled: the kernel's lock of each open file. One task at a time uses a file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::sim::kernel {

using loff_t = std::int64_t;
using ssize_t = std::int64_t;

struct seq_file;

struct seq_operations {
  void* (*start)(seq_file* seq, loff_t* pos);
  void (*stop)(seq_file* seq, void* at);
  void* (*next)(seq_file* seq, void* at, loff_t* pos);
  int (*show)(seq_file* seq, void* at);
};

struct seq_file {
  char* buffer;
  std::size_t size;         ///< of the buffer; 0 while there is none
  std::size_t from;         ///< where the leftovers begin
  std::size_t count;        ///< bytes that wait in the buffer
  loff_t index;             ///< the record that is read next
  loff_t read_position;     ///< the byte that the user reads next
  std::size_t first_bytes;  ///< how large the buffer is at first
  const seq_operations* operations;
  void* private_data;
};

struct file;

/// @param first_bytes  how large the buffer is at first, at least 1; the kernel's is a page.
/// @returns 0 or -ENOMEM.
int seq_open(file* file, const seq_operations* operations, std::size_t first_bytes = 4096);
void seq_release(file* file);
/// @returns bytes copied to the user's buffer, 0 at the end, or an error.
ssize_t seq_read(file* file, char* user, std::size_t size, loff_t* position);
/// Only SEEK_SET. @returns the new position or an error.
loff_t seq_lseek(file* file, loff_t offset);

[[gnu::format(printf, 2, 3)]] void seq_printf(seq_file* seq, const char* format, ...);

}  // namespace heddle::sim::kernel
