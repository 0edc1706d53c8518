// Ring buffer storage for dynamic debug messages, with its files trace, trace_pipe and rb_size_kb.
// A model of the patch that was posted to the linux-kernel list in December 2009, in plain code
// over the kernel vocabulary and the ring buffer model. README.md says what is modelled and what is
// not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/dynamic_debug/defects.hpp"
#include "models/ring_buffer/ring_buffer.hpp"
#include "sim/kernel/arguments.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/proc.hpp"
#include "sim/kernel/seq_file.hpp"
#include "sim/kernel/wait.hpp"

namespace heddle::models::dynamic_debug {

namespace kernel = sim::kernel;
using kernel::loff_t;
using kernel::ssize_t;

/// What one pr_debug() in the code has: who wants its messages.
struct Descriptor {
  std::uint32_t flags;

  static constexpr std::uint32_t print = 1;  ///< p: to the log
  static constexpr std::uint32_t ring = 2;   ///< r: to the ring buffer
};

/// A message in the ring buffer, followed by its text.
struct Entry {
  std::int32_t length;
  char* text() { return reinterpret_cast<char*>(this + 1); }
  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
};

/// How a file is opened.
struct Open {
  bool read = true;
  bool write = false;
  bool truncate = false;
  bool nonblock = false;
};

class Module;

/// An open file "trace". `base.private_data` is its seq_file.
struct TraceFile {
  static constexpr int cpus_max = ring_buffer::Buffer::cpus_max;
  kernel::file base;
  Module* module;
  std::array<ring_buffer::Iterator*, cpus_max> iterators;
  loff_t position;              ///< of the record that the iterators passed last, -1 at first
  ring_buffer::Event* current;  ///< that record
};

/// An open file "trace_pipe"; processes may share it.
struct PipeFile {
  Open how;
  kernel::mutex lock;  ///< protects the rest
  std::size_t length;  ///< of the text that waits to be read
  std::size_t given;   ///< how much of it was read
  char text[1];        ///< Parameters::pipe_bytes of them
};

/// Is told what the readers of the pipe do, for checking.
class Listener {
 public:
  virtual ~Listener() = default;
  /// A reader looks whether there is anything to read.
  virtual void looks() = 0;
  /// There was something to read, it seemed, and a reader found no message.
  virtual void found_nothing() = 0;
  /// A reader sleeps.
  virtual void sleeps() = 0;
};

/// Sizes that the posted code has as constants, and that exploring wants small.
struct Parameters {
  Defects defects;
  std::size_t page_bytes = 4080;
  std::size_t text_bytes = 500;     ///< of the scratch: a message's text with its end
  std::size_t pipe_bytes = 4096;    ///< of the pipe's text
  std::size_t trace_bytes = 4096;   ///< of the trace's first buffer
  unsigned size_shift = 10;         ///< a size in the file counts so many bits: kB
  std::uint64_t first_size = 1000;  ///< of the ring buffer, in kB
  int possible_cpus = 1;            ///< CPUs that may come
  int online_cpus = 1;              ///< of those, the first so many are there
  ring_buffer::Clock clock = ring_buffer::Clock::global;
  Listener* listener = nullptr;
};

/// The module: its global variables and its functions. Zeroed memory is its state before init.
class Module {
 public:
  explicit Module(const Parameters& parameters) : parameters_(parameters) {}

  /// @returns 0, or -ENOMEM: then it is as before.
  int init();
  /// Nobody uses it any more. What init() did is undone.
  void exit();

  // ---- messages, in any context -----------------------------------------------------------------

  /// What the macro pr_debug() expands to. `evaluate` computes the arguments: each call of it is an
  /// evaluation. @returns how many outputs got the message.
  template <class Evaluate>
  int pr_debug(Descriptor& descriptor, const char* format, Evaluate&& evaluate) {
    if (has(Defect::flags_tested_twice)) return debug_twice(descriptor, format, evaluate);
    const std::uint32_t flags = kernel::READ_ONCE(descriptor.flags);
    if (flags == 0) return 0;
    const kernel::va_arguments arguments = evaluate();
    const bool prints = (flags & Descriptor::print) != 0;
    if (prints) print(format, arguments);
    if ((flags & Descriptor::ring) != 0)
      store(format, prints && has(Defect::arguments_twice) ? evaluate() : arguments);
    return outputs(flags);
  }
  void set_flags(Descriptor& descriptor, std::uint32_t flags);
  /// @returns whether the buffer took it.
  bool store(const char* format, const kernel::va_arguments& arguments);

  // ---- files; each is a system call of the running task -----------------------------------------

  /// @returns the file or an ERR_PTR: -ENOENT, -EBUSY, -ENOMEM.
  TraceFile* open_trace(Open how);
  ssize_t read_trace(TraceFile* file, char* user, std::size_t size);
  loff_t seek_trace(TraceFile* file, loff_t offset);
  void close_trace(TraceFile* file);

  PipeFile* open_pipe(Open how);
  /// @returns bytes, or -EAGAIN, -EINTR or -ERESTARTSYS (a signal came).
  ssize_t read_pipe(PipeFile* file, char* user, std::size_t size);
  void close_pipe(PipeFile* file);

  /// @returns 0, -ENOENT, or what resizing says.
  int write_size(std::uint64_t size);
  /// What the file rb_size_kb shows.
  std::uint64_t read_size();

  // ---- for checking -----------------------------------------------------------------------------

  ring_buffer::Buffer* buffer() { return buffer_; }
  /// Messages of the CPU that no reader has seen or will see, as far as the module tells of them.
  std::uint64_t lost(int cpu);
  /// Of those, how many a reader of the pipe was told of.
  std::uint64_t reported(int cpu) const { return reported_[static_cast<std::size_t>(cpu)]; }
  kernel::mutex& lock() { return lock_; }

 private:
  struct Held;

  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  static int outputs(std::uint32_t flags) {
    return ((flags & Descriptor::print) != 0 ? 1 : 0) + ((flags & Descriptor::ring) != 0 ? 1 : 0);
  }
  template <class Evaluate>
  int debug_twice(Descriptor& descriptor, const char* format, Evaluate& evaluate) {
    if (kernel::READ_ONCE(descriptor.flags) == 0) return 0;
    int sent = 0;
    const kernel::va_arguments arguments = evaluate();
    if ((kernel::READ_ONCE(descriptor.flags) & Descriptor::print) != 0) {
      print(format, arguments);
      ++sent;
    }
    if ((kernel::READ_ONCE(descriptor.flags) & Descriptor::ring) != 0) {
      store(format, sent != 0 && has(Defect::arguments_twice) ? evaluate() : arguments);
      ++sent;
    }
    return sent;
  }
  void print(const char* format, const kernel::va_arguments& arguments);

  // store.cpp
  char* scratch(int cpu);
  std::size_t format_into(char* to, const char* format, const kernel::va_arguments& arguments);
  bool keep(const char* text, std::size_t length);

  // files.cpp
  int create(std::uint32_t& entry);
  void free_memory(ring_buffer::Buffer* buffer);
  ring_buffer::Event* next_event(TraceFile* trace, int& cpu);
  int truncate();
  bool truncates(Open how) const { return how.write && how.truncate; }
  void destroy(TraceFile* file);
  bool open_iterators(TraceFile* file);
  static void* start(kernel::seq_file* seq, loff_t* pos);
  static void stop(kernel::seq_file* seq, void* at);
  static void* next(kernel::seq_file* seq, void* at, loff_t* pos);
  static int show(kernel::seq_file* seq, void* at);
  void* start_posted(TraceFile& file, loff_t* pos);
  void* next_posted(TraceFile& file, loff_t* pos);
  void* start_fixed(TraceFile& file, const loff_t* pos);
  void rewind(TraceFile& file);

  // pipe.cpp
  ssize_t read_held(PipeFile& file, char* user, std::size_t size, Held& held);
  int sleep(PipeFile& file, Held& held);
  int acquire(PipeFile& file, Held& held);
  void release(PipeFile& file, Held& held);
  ssize_t give(PipeFile& file, char* user, std::size_t size);
  bool append(PipeFile& file, const char* text, std::size_t length) const;
  bool append_losses(PipeFile& file);
  bool has_losses();
  bool has_something();
  void drain(PipeFile& file);

  Parameters parameters_;
  ring_buffer::Buffer* buffer_ = nullptr;
  kernel::mutex lock_ = kernel::MUTEX_UNLOCKED("rb_lock");
  std::uint64_t size_ = 0;
  char* scratch_ = nullptr;
  kernel::wait_queue_head_t nobody_{};
  std::uint32_t has_trace_ = 0;  // atomic, as the next two: is the file there?
  std::uint32_t has_pipe_ = 0;
  std::uint32_t has_size_ = 0;
  std::array<std::uint64_t, ring_buffer::Buffer::cpus_max> reported_{};  // guarded by lock_
};

}  // namespace heddle::models::dynamic_debug
