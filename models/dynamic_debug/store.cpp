// From a message's format to its place in the ring buffer, in any context.
#include "models/dynamic_debug/dynamic_debug.hpp"
#include "sim/kernel/percpu.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/printk.hpp"
#include "sim/kernel/resched.hpp"

namespace heddle::models::dynamic_debug {

using namespace kernel;

namespace {

/// Of each CPU: how many contexts are at it, and before the texts of each level's.
struct Nesting {
  std::uint64_t depth;  // atomic
};
constexpr int levels = 4;

}  // namespace

std::size_t scratch_bytes(const Parameters& parameters) {
  return sizeof(Nesting) + levels * parameters.text_bytes;
}

ring_buffer::Defects of_ring_buffer(Defects defects) {
  using Ring = ring_buffer::Defect;
  constexpr struct {
    Defect here;
    Ring there;
  } pairs[] = {
      {Defect::resize_ignores_iterators, Ring::resize_ignores_iterators},
      {Defect::reset_meets_writer, Ring::reset_meets_writer},
      {Defect::iterator_goes_stale, Ring::iterator_goes_stale},
      {Defect::size_wraps, Ring::size_wraps},
      {Defect::empty_trusts_old_read, Ring::empty_trusts_old_read},
      {Defect::iterator_passes_end, Ring::iterator_passes_end},
      {Defect::late_commit_overlooked, Ring::late_commit_overlooked},
      {Defect::reader_page_trusted, Ring::reader_page_trusted},
      {Defect::neighbour_trusted, Ring::neighbour_trusted},
      {Defect::nested_commit_publishes, Ring::nested_commit_publishes},
      {Defect::finish_leaves_disabled, Ring::finish_leaves_disabled},
      {Defect::resize_skips_grace_period, Ring::resize_skips_grace_period},
      {Defect::reader_takes_tail, Ring::reader_takes_tail},
      {Defect::peek_unlocked, Ring::peek_unlocked},
  };
  std::uint64_t bits = 0;
  for (const auto& pair : pairs)
    if (defects.has(pair.here)) bits |= ring_buffer::Defects{pair.there}.bits();
  return ring_buffer::Defects(bits);
}

void Module::set_flags(Descriptor& descriptor, std::uint32_t flags) {
  WRITE_ONCE(descriptor.flags, flags);
}

void Module::print(const char* format, const va_arguments& arguments) {
  char text[64];
  vsnprintf(text, sizeof text, format, arguments);
  printk("%s", text);
}

// Room for the text of the running context: each of those that interrupted one another on this CPU
// has its own.
char* Module::scratch(int cpu) {
  char* base = per_cpu_ptr(scratch_, cpu);
  if (has(Defect::scratch_shared)) return base + sizeof(Nesting);
  auto* nesting = reinterpret_cast<Nesting*>(base);
  const std::uint64_t depth = __atomic_fetch_add(&nesting->depth, 1, __ATOMIC_SEQ_CST);
  return base + sizeof(Nesting) + depth * parameters_.text_bytes;
}

std::size_t Module::format_into(char* to, const char* format, const va_arguments& arguments) {
  const std::size_t bytes = parameters_.text_bytes;
  const std::size_t length = has(Defect::list_passed_on) ? snprintf(to, bytes, format, arguments)
                                                         : vsnprintf(to, bytes, format, arguments);
  if (length < bytes || (has(Defect::cut_text_keeps_end) && length == bytes)) return length;
  if (has(Defect::cut_text_keeps_end)) return bytes;
  to[bytes - 2] = '\n';  // what was cut off ends as a line all the same
  return bytes - 1;
}

bool Module::store(const char* format, const va_arguments& arguments) {
  const bool checks = !has(Defect::files_before_memory);
  if (checks && smp_load_acquire(&buffer_) == nullptr) return false;
  const bool early = has(Defect::preemption_off_late);
  int cpu = early ? smp_processor_id() : 0;
  if (early && !in_atomic() && need_resched()) cond_resched();  // and the task may be moved
  preempt_disable();
  if (!early) cpu = smp_processor_id();
  char* text = scratch(cpu);
  const std::size_t length = format_into(text, format, arguments);
  const bool kept = length != 0 && keep(text, length);
  if (!has(Defect::scratch_shared)) {
    auto* nesting = reinterpret_cast<Nesting*>(per_cpu_ptr(scratch_, cpu));
    __atomic_fetch_sub(&nesting->depth, 1, __ATOMIC_SEQ_CST);
  }
  preempt_enable();
  return kept;
}

bool Module::keep(const char* text, std::size_t length) {
  ring_buffer::Event* event = buffer_->reserve(sizeof(Entry) + length);
  if (event == nullptr) return false;
  auto* entry = reinterpret_cast<Entry*>(event->data());
  const auto written = static_cast<std::int32_t>(length);
  if (!has(Defect::length_after_commit)) entry->length = written;
  if (has(Defect::commits_before_copy)) buffer_->commit(event);
  __builtin_memcpy(entry->text(), text, length);
  if (!has(Defect::commits_before_copy)) buffer_->commit(event);
  if (has(Defect::length_after_commit)) entry->length = written;
  return true;
}

}  // namespace heddle::models::dynamic_debug
