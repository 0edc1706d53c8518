// The file trace_pipe: messages, oldest first, each to one reader only. Where there is none, a
// reader sleeps for a while and looks again, since a message can come from where nobody may be
// woken.
#include "models/dynamic_debug/dynamic_debug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/timeout.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::models::dynamic_debug {

using namespace kernel;
using ring_buffer::Event;

/// What a reader holds: its file's lock and the module's.
struct Module::Held {
  bool file = false;
  bool module = false;
};

PipeFile* Module::open_pipe(Open how) {
  if (smp_load_acquire(&has_pipe_) == 0 || smp_load_acquire(&buffer_) == nullptr)
    return ERR_PTR<PipeFile>(-ENOENT);
  const bool first = has(Defect::truncates_then_fails);
  if (first && truncates(how) && truncate() != 0) return ERR_PTR<PipeFile>(-EBUSY);
  auto* file =
      typed<PipeFile>(kzalloc(sizeof(PipeFile) + parameters_.pipe_bytes, GFP_KERNEL, "trace_pipe"));
  if (file == nullptr) return ERR_PTR<PipeFile>(-ENOMEM);
  file->how = how;
  mutex_init(&file->lock, "trace_pipe.lock");
  if (!first && truncates(how)) {
    const int error = truncate();
    if (error != 0) {
      kfree(file);
      return ERR_PTR<PipeFile>(error);
    }
  }
  return file;
}

void Module::close_pipe(PipeFile* file) { kfree(file); }

// ---- the text that waits
// --------------------------------------------------------------------------

/// @returns bytes given to the user, or -EBUSY: nothing waits.
ssize_t Module::give(PipeFile& file, char* user, std::size_t size) {
  if (file.length <= file.given) return -EBUSY;
  const std::size_t left = file.length - file.given;
  const std::size_t bytes = left < size ? left : size;
  if (copy_to_user(user, file.text + file.given, bytes) != 0) return -EFAULT;
  file.given += bytes;
  return static_cast<ssize_t>(bytes);
}

bool Module::append(PipeFile& file, const char* text, std::size_t length) const {
  const std::size_t before = file.length;
  if (length > parameters_.pipe_bytes - 1 - before) return false;
  __builtin_memcpy(file.text + before, text, length);
  file.length = before + length;
  return true;
}

// ---- losses
// --------------------------------------------------------------------------------------

bool Module::has_losses() {
  if (has(Defect::losses_unreported)) return false;
  for (int cpu = 0; cpu < parameters_.possible_cpus; ++cpu)
    if (buffer_->has(cpu) && lost(cpu) != reported_[static_cast<std::size_t>(cpu)]) return true;
  return false;
}

bool Module::has_something() {
  if (parameters_.listener != nullptr) parameters_.listener->looks();
  return !buffer_->empty() || has_losses();
}

// Says how many messages were lost since that was last said. @returns false if there is no room.
bool Module::append_losses(PipeFile& file) {
  if (has(Defect::losses_unreported)) return true;
  for (int cpu = 0; cpu < parameters_.possible_cpus; ++cpu) {
    if (!buffer_->has(cpu)) continue;
    std::uint64_t& reported = reported_[static_cast<std::size_t>(cpu)];
    const std::uint64_t now = lost(cpu);
    if (now == reported) continue;
    char text[24];
    const std::size_t length = snprintf(text, sizeof text, "lost %d\n", now - reported);
    if (!append(file, text, length)) return false;
    reported = now;
  }
  return true;
}

// ---- reading
// -------------------------------------------------------------------------------------

void Module::drain(PipeFile& file) {
  if (!append_losses(file)) return;
  for (;;) {
    int cpu = 0;
    const Event* event = next_event(nullptr, cpu);
    if (event == nullptr) return;
    const auto* entry = reinterpret_cast<const Entry*>(event->data());
    std::uint64_t time = 0;
    if (has(Defect::consumes_before_append)) buffer_->consume(cpu, &time);
    if (!append(file, entry->text(), static_cast<std::size_t>(entry->length))) return;
    if (has(Defect::consumes_other_cpu)) cpu = (cpu + 1) % parameters_.possible_cpus;
    if (!has(Defect::consumes_before_append)) buffer_->consume(cpu, &time);
  }
}

int Module::acquire(PipeFile& file, Held& held) {
  if (!held.file && !has(Defect::pipe_text_unlocked)) {
    if (mutex_lock_interruptible(&file.lock) != 0) return -ERESTARTSYS;
    held.file = true;
  }
  return 0;
}

void Module::release(PipeFile& file, Held& held) {
  if (held.module) mutex_unlock(&lock_);
  if (held.file) mutex_unlock(&file.lock);
  held = {};
}

// Gives up what is held. @returns 0, or what a signal ends the call with.
int Module::sleep(PipeFile& file, Held& held) {
  if (!has(Defect::pipe_sleeps_locked)) release(file, held);
  if (parameters_.listener != nullptr) parameters_.listener->sleeps();
  if (has(Defect::sleeps_without_timeout)) {
    if (wait_event_interruptible(&nobody_, [] { return false; }) != 0) return -ERESTARTSYS;
  } else {
    constexpr long tenth_of_a_second = 10;
    schedule_timeout(tenth_of_a_second);
  }
  if (!signal_pending()) return 0;
  return has(Defect::flags_tested_twice) ? -EINTR : -ERESTARTSYS;
}

ssize_t Module::read_held(PipeFile& file, char* user, std::size_t size, Held& held) {
  bool fruitless = false;
  bool fresh = true;
  for (;;) {
    if (const int error = acquire(file, held); error != 0) return error;
    if (fresh || !has(Defect::pipe_text_unlocked)) {
      const ssize_t given = give(file, user, size);
      if (given != -EBUSY) return given;
      file.length = file.given = 0;
      fresh = false;
    }
    if (!held.module) {
      if (has(Defect::pipe_sleeps_locked))
        mutex_lock(&lock_);
      else if (mutex_lock_killable(&lock_) != 0)
        return -EINTR;
      held.module = true;
    }
    if (fruitless || !has_something()) {
      if (file.how.nonblock) {
        if (has(Defect::again_keeps_lock)) held.module = false;
        return -EAGAIN;
      }
      if (const int error = sleep(file, held); error != 0) return error;
      fruitless = false;
      continue;
    }
    drain(file);
    const ssize_t given = give(file, user, size);
    if (given != -EBUSY) return given;
    fruitless = !has(Defect::pipe_looks_again);
    if (parameters_.listener != nullptr) parameters_.listener->found_nothing();
  }
}

ssize_t Module::read_pipe(PipeFile* file, char* user, std::size_t size) {
  if (size == 0) return 0;
  Held held;
  const ssize_t got = read_held(*file, user, size, held);
  release(*file, held);
  return got;
}

}  // namespace heddle::models::dynamic_debug
