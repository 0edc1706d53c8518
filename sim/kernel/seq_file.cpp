#include "sim/kernel/seq_file.hpp"

#include <cerrno>
#include <cstdarg>

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/format.hpp"
#include "sim/kernel/proc.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::sim::kernel {
namespace {

std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

bool overflowed(const seq_file& seq) { return seq.count == seq.size; }

bool resize(seq_file& seq, std::size_t size) {
  kfree(seq.buffer);
  seq.count = 0;
  seq.buffer = static_cast<char*>(kmalloc(size, GFP_KERNEL, "seq_file buffer"));
  seq.size = seq.buffer != nullptr ? size : 0;
  return seq.buffer != nullptr;
}

/// Moves waiting bytes to the user. @returns how many; fewer where the user's memory faults.
std::size_t hand_out(seq_file& seq, std::size_t from, char* user, std::size_t size) {
  const std::size_t waiting = smaller(seq.count, size);
  if (waiting == 0) return 0;
  const std::size_t bytes = waiting - copy_to_user(user, seq.buffer + from, waiting);
  seq.count -= bytes;
  return bytes;
}

/// Puts the first record that is not empty into the buffer, which grows until it holds it.
/// @returns where the iteration stands, not stopped yet; nullptr at the end (stopped), or an error.
void* first_record(seq_file& seq, loff_t& pos) {
  const seq_operations& ops = *seq.operations;
  pos = seq.index;
  void* at = ops.start(&seq, &pos);
  for (;;) {
    if (at == nullptr || IS_ERR(at)) break;
    const int shown = ops.show(&seq, at);
    if (shown < 0) {
      ops.stop(&seq, at);
      seq.count = 0;
      return ERR_PTR<void>(shown);
    }
    if (shown > 0) seq.count = 0;
    if (seq.count == 0) {
      at = ops.next(&seq, at, &pos);
      seq.index = pos;
      continue;
    }
    if (!overflowed(seq)) return at;
    ops.stop(&seq, at);
    if (!resize(seq, seq.size * 2)) return ERR_PTR<void>(-ENOMEM);
    pos = seq.index;
    at = ops.start(&seq, &pos);
  }
  ops.stop(&seq, at);
  seq.count = 0;
  return at;
}

/// Adds records while the user wants more bytes and they fit. Stops the iteration.
void more_records(seq_file& seq, void* at, loff_t& pos, std::size_t wanted) {
  const seq_operations& ops = *seq.operations;
  while (seq.count < wanted) {
    const std::size_t before = seq.count;
    loff_t next_pos = pos;
    at = ops.next(&seq, at, &next_pos);
    if (at == nullptr || IS_ERR(at)) break;
    const int shown = ops.show(&seq, at);
    if (overflowed(seq) || shown != 0) {
      seq.count = before;
      if (shown <= 0) break;
    }
    pos = next_pos;
  }
  ops.stop(&seq, at);
}

/// Walks from the first record to the byte `offset`. @returns 0, an error, or -EAGAIN when the
/// buffer had to grow first.
int traverse(seq_file& seq, loff_t offset) {
  const seq_operations& ops = *seq.operations;
  seq.index = 0;
  seq.count = seq.from = 0;
  if (offset == 0) return 0;
  if (seq.buffer == nullptr && !resize(seq, seq.first_bytes)) return -ENOMEM;
  loff_t index = 0;
  loff_t passed = 0;
  int error = 0;
  void* at = ops.start(&seq, &index);
  while (at != nullptr) {
    if (IS_ERR(at)) {
      error = static_cast<int>(PTR_ERR(at));
      break;
    }
    error = ops.show(&seq, at);
    if (error < 0) break;
    if (error > 0) seq.count = 0;
    error = 0;
    if (overflowed(seq)) {
      ops.stop(&seq, at);
      return resize(seq, seq.size * 2) ? -EAGAIN : -ENOMEM;
    }
    if (passed + static_cast<loff_t>(seq.count) > offset) {
      seq.from = static_cast<std::size_t>(offset - passed);
      seq.count -= seq.from;
      break;
    }
    passed += static_cast<loff_t>(seq.count);
    seq.count = 0;
    if (passed == offset) {
      ++index;
      break;
    }
    at = ops.next(&seq, at, &index);
  }
  ops.stop(&seq, at);
  seq.index = index;
  return error;
}

int seek(seq_file& seq, loff_t offset) {
  int error = 0;
  do error = traverse(seq, offset);
  while (error == -EAGAIN);
  if (error != 0) {
    seq.read_position = 0;
    seq.index = 0;
    seq.count = 0;
    return error;
  }
  seq.read_position = offset;
  return 0;
}

}  // namespace

int seq_open(file* file, const seq_operations* operations, std::size_t first_bytes) {
  Machine::running().require(first_bytes != 0, "a buffer of no bytes never grows",
                             HEDDLE_CALL_PLACE);
  auto* seq = static_cast<seq_file*>(kzalloc(sizeof(seq_file), GFP_KERNEL, "seq_file"));
  if (seq == nullptr) return -ENOMEM;
  seq->operations = operations;
  seq->first_bytes = first_bytes;
  file->private_data = seq;
  file->position = 0;
  return 0;
}

void seq_release(file* file) {
  auto* seq = static_cast<seq_file*>(file->private_data);
  kfree(seq->buffer);
  kfree(seq);
}

ssize_t seq_read(file* file, char* user, std::size_t size, loff_t* position) {
  seq_file& seq = *static_cast<seq_file*>(file->private_data);
  if (*position != seq.read_position) {
    const int error = seek(seq, *position);
    if (error != 0) return error;
  }
  if (seq.buffer == nullptr && !resize(seq, seq.first_bytes)) return -ENOMEM;

  std::size_t copied = 0;
  const auto finish = [&](ssize_t error) -> ssize_t {
    if (copied == 0) return error;
    *position += static_cast<loff_t>(copied);
    seq.read_position += static_cast<loff_t>(copied);
    return static_cast<ssize_t>(copied);
  };
  if (seq.count != 0) {
    copied = hand_out(seq, seq.from, user, size);
    seq.from += copied;
    if (seq.count == 0) ++seq.index;
    if (copied == size) return finish(0);
  }

  loff_t pos = 0;
  void* at = first_record(seq, pos);
  if (at == nullptr) return finish(0);
  if (IS_ERR(at)) return finish(PTR_ERR(at));
  more_records(seq, at, pos, size - copied);
  const std::size_t bytes = hand_out(seq, 0, user + copied, size - copied);
  copied += bytes;
  if (seq.count != 0)
    seq.from = bytes;
  else
    ++pos;
  seq.index = pos;
  return finish(0);
}

loff_t seq_lseek(file* file, loff_t offset) {
  seq_file& seq = *static_cast<seq_file*>(file->private_data);
  if (offset < 0) return -EINVAL;
  const int error = offset != seq.read_position ? seek(seq, offset) : 0;
  file->position = error != 0 ? 0 : offset;
  return error != 0 ? error : offset;
}

void seq_printf(seq_file* seq, const char* format, ...) {
  if (seq->count >= seq->size) return;
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t room = seq->size - seq->count;
  const std::size_t wanted =
      format_text(seq->buffer + seq->count, room, format, arguments, HEDDLE_CALL_PLACE);
  va_end(arguments);
  seq->count = wanted < room ? seq->count + wanted : seq->size;
}

}  // namespace heddle::sim::kernel
