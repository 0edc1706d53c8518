// Loading, the file rb_size_kb, and the file trace: what is in the buffer, oldest first, without
// consuming it. While the file is open for reading, nothing is recorded.
#include "models/dynamic_debug/dynamic_debug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/percpu.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::models::dynamic_debug {

using namespace kernel;
using ring_buffer::Buffer;
using ring_buffer::Event;

std::size_t scratch_bytes(const Parameters& parameters);  // store.cpp

// ---- loading
// -------------------------------------------------------------------------------------

int Module::create(std::uint32_t& entry) {
  // What the file system allocates for a file, which lives as long as the file.
  void* node = kzalloc(64, GFP_KERNEL, "dentry");
  if (node == nullptr) return -ENOMEM;
  kfree(node);
  smp_store_release(&entry, 1);
  return 0;
}

void Module::free_memory(Buffer* buffer) {
  free_percpu(scratch_);
  scratch_ = nullptr;
  Buffer::free(buffer);
}

int Module::init() {
  init_waitqueue_head(&nobody_, "nobody");
  size_ = parameters_.first_size;
  const bool late = has(Defect::files_before_memory) || has(Defect::unwinding_leaves_file);
  ring_buffer::Parameters ring;
  ring.defects = of_ring_buffer(parameters_.defects);
  ring.page_bytes = parameters_.page_bytes;
  ring.clock = has(Defect::local_clocks) ? ring_buffer::Clock::local : parameters_.clock;
  const std::uint64_t bytes =
      has(Defect::size_taken_for_bytes) ? size_ : size_ << parameters_.size_shift;
  const unsigned online = (1u << parameters_.online_cpus) - 1;
  Buffer* made = Buffer::allocate(bytes, online, ring);
  if (made == nullptr) return -ENOMEM;
  if (late)
    smp_store_release(&buffer_, made);
  else
    scratch_ = static_cast<char*>(alloc_percpu(scratch_bytes(parameters_), "scratch"));
  bool done = (late || scratch_ != nullptr) && create(has_trace_) == 0 && create(has_pipe_) == 0 &&
              create(has_size_) == 0;
  if (done && late) {
    scratch_ = static_cast<char*>(alloc_percpu(scratch_bytes(parameters_), "scratch"));
    done = scratch_ != nullptr;
  }
  if (done) {
    if (!late) smp_store_release(&buffer_, made);
    return 0;
  }
  if (!has(Defect::unwinding_leaves_file)) smp_store_release(&has_size_, 0);
  smp_store_release(&has_pipe_, 0);
  smp_store_release(&has_trace_, 0);
  if (!has(Defect::unwinding_leaves_file)) smp_store_release(&buffer_, nullptr);
  free_memory(made);
  return -ENOMEM;
}

void Module::exit() {
  has_size_ = has_pipe_ = has_trace_ = 0;
  free_memory(buffer_);
  buffer_ = nullptr;
}

// ---- rb_size_kb
// ----------------------------------------------------------------------------------

int Module::write_size(std::uint64_t size) {
  if (smp_load_acquire(&has_size_) == 0) return -ENOENT;
  if (!has(Defect::unwinding_leaves_file) && smp_load_acquire(&buffer_) == nullptr) return -ENOENT;
  const unsigned shift = parameters_.size_shift;
  const std::uint64_t bytes = size << shift;
  if (!has(Defect::size_shift_wraps) && bytes >> shift != size) return -EINVAL;
  if (bytes == 0) return -EINVAL;
  const bool in_bytes = has(Defect::size_kept_in_bytes);
  if (in_bytes && bytes == READ_ONCE(size_)) return -EINVAL;
  if (!mutex_trylock(&lock_)) return -EBUSY;
  const std::int64_t resized = buffer_->resize(bytes);
  const bool failed = resized < 0 && !has(Defect::resize_error_lost);
  const std::uint64_t now = in_bytes ? bytes : size;
  const bool unlocked = has(Defect::size_stored_unlocked);
  if (!failed && !unlocked) WRITE_ONCE(size_, now);
  mutex_unlock(&lock_);
  if (failed) return static_cast<int>(resized);
  if (unlocked) WRITE_ONCE(size_, now);
  return 0;
}

std::uint64_t Module::read_size() { return READ_ONCE(size_); }

std::uint64_t Module::lost(int cpu) {
  auto& part = buffer_->part(cpu);
  std::uint64_t lost = buffer_->lost(cpu);
  if (has(Defect::open_drops_uncounted)) lost -= smp_load_acquire(&part.refused);
  return lost;
}

// ---- opening
// -------------------------------------------------------------------------------------

int Module::truncate() {
  if (!mutex_trylock(&lock_)) return -EBUSY;
  buffer_->reset();
  mutex_unlock(&lock_);
  return 0;
}

bool Module::open_iterators(TraceFile* file) {
  for (int cpu = 0; cpu < parameters_.possible_cpus; ++cpu) {
    if (!has(Defect::every_possible_cpu) && !buffer_->has(cpu)) continue;
    ring_buffer::Iterator* iterator = buffer_->start(cpu);
    if (iterator == nullptr) return false;
    file->iterators[static_cast<std::size_t>(cpu)] = iterator;
  }
  return true;
}

void Module::destroy(TraceFile* file) {
  for (ring_buffer::Iterator* iterator : file->iterators)
    if (iterator != nullptr) buffer_->finish(iterator);
  if (file->base.private_data != nullptr) seq_release(&file->base);
  kfree(file);
}

TraceFile* Module::open_trace(Open how) {
  static constexpr seq_operations operations = {&Module::start, &Module::stop, &Module::next,
                                                &Module::show};
  if (smp_load_acquire(&has_trace_) == 0 || smp_load_acquire(&buffer_) == nullptr)
    return ERR_PTR<TraceFile>(-ENOENT);
  const bool first = has(Defect::truncates_then_fails);
  if (first && truncates(how) && truncate() != 0) return ERR_PTR<TraceFile>(-EBUSY);
  auto* file = typed<TraceFile>(kzalloc(sizeof(TraceFile), GFP_KERNEL, "trace"));
  if (file == nullptr) return ERR_PTR<TraceFile>(-ENOMEM);
  file->module = this;
  file->position = -1;
  const bool iterates = how.read || has(Defect::open_drops_uncounted);
  int error = 0;
  if ((iterates && !open_iterators(file)) ||
      seq_open(&file->base, &operations, parameters_.trace_bytes) != 0)
    error = -ENOMEM;
  else if (!first && truncates(how))
    error = truncate();
  if (error != 0) {
    destroy(file);
    return ERR_PTR<TraceFile>(error);
  }
  static_cast<seq_file*>(file->base.private_data)->private_data = file;
  return file;
}

ssize_t Module::read_trace(TraceFile* file, char* user, std::size_t size) {
  return seq_read(&file->base, user, size, &file->base.position);
}
loff_t Module::seek_trace(TraceFile* file, loff_t offset) { return seq_lseek(&file->base, offset); }
void Module::close_trace(TraceFile* file) { destroy(file); }

// ---- reading
// -------------------------------------------------------------------------------------

// The oldest event of all CPUs: of a file's iterators, or for the pipe (nullptr) of the buffer.
Event* Module::next_event(TraceFile* trace, int& cpu) {
  Event* oldest = nullptr;
  std::uint64_t oldest_time = ~std::uint64_t{0};
  for (int i = 0; i < parameters_.possible_cpus; ++i) {
    std::uint64_t time = 0;
    Event* event = nullptr;
    if (trace == nullptr) {
      event = buffer_->peek(i, &time);
    } else {
      ring_buffer::Iterator* iterator = trace->iterators[static_cast<std::size_t>(i)];
      if (iterator != nullptr) event = buffer_->iterator_peek(iterator, &time);
    }
    if (event == nullptr) continue;
    const bool tie = oldest != nullptr && time == oldest_time;
    if (oldest != nullptr && time >= oldest_time && !(tie && has(Defect::later_cpu_wins_ties)))
      continue;
    oldest = event;
    oldest_time = time;
    cpu = i;
  }
  return oldest;
}

void Module::rewind(TraceFile& file) {
  for (ring_buffer::Iterator* iterator : file.iterators)
    if (iterator != nullptr) buffer_->rewind(iterator);
}

void* Module::next_posted(TraceFile& file, loff_t* pos) {
  ++*pos;
  Event* event = nullptr;
  do {
    int cpu = 0;
    event = next_event(&file, cpu);
    if (event != nullptr) buffer_->iterator_advance(file.iterators[static_cast<std::size_t>(cpu)]);
    ++file.position;
  } while (event != nullptr && file.position < *pos);
  return event;
}

void* Module::start_posted(TraceFile& file, loff_t* pos) {
  if (*pos != file.position) rewind(file);
  if (file.position == -1) ++file.position;
  return next_posted(file, pos);
}

// The record at *pos. The iterators have passed it: what the pipe takes meanwhile is not mistaken
// for it. Its event stays as it is, since nothing is recorded.
void* Module::start_fixed(TraceFile& file, const loff_t* pos) {
  if (*pos < file.position) {
    rewind(file);
    file.position = -1;
  }
  while (file.position < *pos) {
    int cpu = 0;
    Event* event = next_event(&file, cpu);
    if (event == nullptr) return nullptr;
    buffer_->iterator_advance(file.iterators[static_cast<std::size_t>(cpu)]);
    file.current = event;
    ++file.position;
  }
  return file.current;
}

void* Module::start(seq_file* seq, loff_t* pos) {
  auto& file = *static_cast<TraceFile*>(seq->private_data);
  Module& module = *file.module;
  if (module.has(Defect::pipe_sleeps_locked))
    mutex_lock(&module.lock_);
  else if (mutex_lock_killable(&module.lock_) != 0)
    return ERR_PTR<void>(-EINTR);
  return module.has(Defect::position_not_rewound) ? module.start_posted(file, pos)
                                                  : module.start_fixed(file, pos);
}

void Module::stop(seq_file* seq, void* at) {
  if (!IS_ERR(at)) mutex_unlock(&static_cast<TraceFile*>(seq->private_data)->module->lock_);
}

void* Module::next(seq_file* seq, void*, loff_t* pos) {
  auto& file = *static_cast<TraceFile*>(seq->private_data);
  Module& module = *file.module;
  if (module.has(Defect::position_not_rewound)) return module.next_posted(file, pos);
  ++*pos;
  return module.start_fixed(file, pos);
}

int Module::show(seq_file* seq, void* at) {
  const auto* entry = reinterpret_cast<const Entry*>(static_cast<Event*>(at)->data());
  const auto length = static_cast<std::size_t>(entry->length);
  if (seq->count + length >= seq->size) {
    seq->count = seq->size;
    return 0;
  }
  __builtin_memcpy(seq->buffer + seq->count, entry->text(), length);
  seq->count += length;
  return 0;
}

}  // namespace heddle::models::dynamic_debug
