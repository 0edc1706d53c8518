#include "scenarios/families/dynamic_debug_support.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "sim/core/check.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::scenarios::dynamic_debug {

using sim::Machine;

namespace {

constexpr const char* fills = "abcdefghijklmnopqrstuvwxyzabcd";
constexpr std::size_t fill_max = 30;

std::uint32_t check_of(std::uint32_t id) { return id * 37 % 90 + 10; }
const char* fill_of(std::size_t letters) { return fills + fill_max - letters; }

}  // namespace

// ---- Log
// -----------------------------------------------------------------------------------------

std::uint32_t Log::begin(int cpu, std::size_t fill, std::size_t text_bytes) {
  const Machine::EngineScope engine(Machine::running());
  HEDDLE_CHECK(count_ < messages_max, "a scenario stores few messages");
  const std::uint32_t id = first_id + count_;
  Message& message = messages_[count_++];
  message = {cpu, ++moments_[static_cast<std::size_t>(cpu)], 0, false, {}};
  const int length = std::snprintf(message.text, sizeof message.text, "%u:%u%s\n", id, check_of(id),
                                   fill_of(fill));
  // What is cut ends with its line all the same.
  if (static_cast<std::size_t>(length) >= text_bytes) {
    message.text[text_bytes - 2] = '\n';
    message.text[text_bytes - 1] = 0;
  }
  return id;
}

void Log::end(std::uint32_t id) {
  const Machine::EngineScope engine(Machine::running());
  Message& ended = message(id);
  ended.ended = ++moments_[static_cast<std::size_t>(ended.cpu)];
}

// ---- Subject
// -------------------------------------------------------------------------------------

Parameters Subject::small(int cpus) {
  Parameters parameters;
  parameters.page_bytes = 2 * message_bytes;
  parameters.size_shift = 6;
  parameters.first_size = 2;
  parameters.text_bytes = 24;
  parameters.pipe_bytes = 128;
  parameters.trace_bytes = 128;
  parameters.possible_cpus = parameters.online_cpus = cpus;
  return parameters;
}

namespace {
Parameters with(Parameters parameters, DefectBits defects) {
  parameters.defects = Defects(defects);
  return parameters;
}
}  // namespace

Subject::Subject(World& world, DefectBits defects, Parameters parameters, bool initialised)
    : world_(world),
      log_(world.create<Log>()),
      parameters_(with(parameters, defects)),
      module_(world.create<Module>(parameters_)) {
  world.name(module_, "dynamic_debug");
  world.name(module_.lock(), "rb_lock");
  if (!initialised) return;
  module_.init();
  world.name(*module_.buffer(), "ring_buffer");
  for (int cpu = 0; cpu < parameters.online_cpus; ++cpu)
    world.name(module_.buffer()->part(cpu).reader_lock, "reader_lock");
}

std::uint32_t Subject::store(std::size_t fill) {
  const std::uint32_t id = log_.begin(kernel::smp_processor_id(), fill, parameters_.text_bytes);
  module_.store("%d:%d%s\n", kernel::va_arguments::of(id, check_of(id), fill_of(fill)));
  log_.end(id);
  return id;
}

kernel::ssize_t Subject::read(TraceFile* file, Output& output, std::size_t bytes) {
  const std::size_t room = Output::bytes_max - output.size;
  const kernel::ssize_t got =
      module_.read_trace(file, output.text.data() + output.size, bytes < room ? bytes : room);
  if (got > 0) {
    output.size += static_cast<std::size_t>(got);
    check(output, false);
  }
  return got;
}

kernel::ssize_t Subject::read(PipeFile* file, Output& output, std::size_t bytes) {
  const std::size_t room = Output::bytes_max - output.size;
  const kernel::ssize_t got =
      module_.read_pipe(file, output.text.data() + output.size, bytes < room ? bytes : room);
  if (got > 0) {
    output.size += static_cast<std::size_t>(got);
    check(output, true);
  }
  return got;
}

void Subject::cat_trace(Output& output, std::size_t bytes) {
  TraceFile* file = module_.open_trace({});
  world_.expect(!kernel::IS_ERR(file), "trace opens");
  if (kernel::IS_ERR(file)) return;
  kernel::ssize_t got = 1;
  while (got > 0 && output.size < Output::bytes_max) got = read(file, output, bytes);
  world_.expect(got == 0, "trace comes to an end");
  module_.close_trace(file);
}

bool Subject::drain(Output& output, std::size_t bytes) {
  PipeFile* file = module_.open_pipe({.nonblock = true});
  if (kernel::IS_ERR(file)) return false;
  kernel::ssize_t got = 1;
  while (got > 0 && output.size < Output::bytes_max) got = read(file, output, bytes);
  world_.expect(got == -EAGAIN, "a pipe that has nothing more says so");
  module_.close_pipe(file);
  return true;
}

void Subject::consume(int cpu, Output& output) {
  std::uint64_t time = 0;
  const auto* event = module_.buffer()->consume(cpu, &time);
  if (event == nullptr) return;
  const auto* entry = reinterpret_cast<const models::dynamic_debug::Entry*>(event->data());
  const auto length = static_cast<std::size_t>(entry->length);
  __builtin_memcpy(output.text.data() + output.size, entry->text(), length);
  output.size += length;
  check(output, true);
}

void Subject::check(Output& output, bool consumes) {
  const Machine::EngineScope engine(Machine::running());
  for (;;) {
    const char* line = output.text.data() + output.checked;
    const void* end = std::memchr(line, '\n', output.size - output.checked);
    if (end == nullptr) return;
    const auto size = static_cast<std::size_t>(static_cast<const char*>(end) - line) + 1;
    check_line(output, line, size, consumes);
    output.checked += size;
  }
}

void Subject::check_line(Output& output, const char* line, std::size_t size, bool consumes) {
  const std::string_view text(line, size);
  if (text.starts_with("lost ")) {
    told_ += std::strtoull(line + 5, nullptr, 10);
    return;
  }
  const auto id = static_cast<std::uint32_t>(std::strtoul(line, nullptr, 10));
  const bool whole = log_.knows(id) && text == log_.message(id).text;
  world_.expect(whole, "every line that is read is a message that was stored");
  if (!whole) return;
  Log::Message& message = log_.message(id);
  world_.expect(!consumes || !message.consumed, "no message is consumed twice");
  message.consumed = message.consumed || consumes;
  std::uint32_t& last = output.last[static_cast<std::size_t>(message.cpu)];
  world_.expect(last != id, "no message is read twice");
  world_.expect(last == 0 || message.ended == 0 || message.ended > log_.message(last).began,
                "messages of a CPU are read in the order in which they were stored");
  last = id;
  if (output.lines < output.ids.size()) output.ids[output.lines] = id;
  ++output.lines;
}

std::uint64_t Subject::present() {
  std::uint64_t present = 0;
  for (int cpu = 0; cpu < parameters_.online_cpus; ++cpu) {
    auto& part = module_.buffer()->part(cpu);
    present += kernel::READ_ONCE(part.entries) - kernel::READ_ONCE(part.overrun) -
               kernel::READ_ONCE(part.discarded) - kernel::READ_ONCE(part.consumed);
  }
  return present;
}

void Subject::settle_at_end() {
  world_.finally([this] { settle(); });
}

void Subject::settle() {
  Output& rest = world_.create<Output>();
  world_.expect(drain(rest), "the pipe opens");
  world_.expect(rest.checked == rest.size, "what is read ends with a whole line");
  std::uint64_t unseen = 0;
  for (std::uint32_t i = 0; i < log_.count(); ++i)
    if (!log_.message(Log::first_id + i).consumed) ++unseen;
  world_.expect(unseen == told_, "readers are told of every message that is lost, and of no other");
  world_.expect(module_.buffer()->is_recording(), "nobody leaves recording off");
  for (int cpu = 0; cpu < parameters_.online_cpus; ++cpu)
    world_.expect(kernel::READ_ONCE(module_.buffer()->part(cpu).record_disabled) == 0,
                  "nobody leaves recording off");
  module_.exit();
}

}  // namespace heddle::scenarios::dynamic_debug
