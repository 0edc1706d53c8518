#include "scenarios/families/ring_buffer_support.hpp"

#include "sim/core/check.hpp"
#include "sim/kernel/preempt.hpp"

namespace heddle::scenarios::ring_buffer {

using sim::Machine;

namespace {

constexpr std::uint32_t none = ~std::uint32_t{0};

std::uint32_t checksum(std::uint32_t id, std::uint32_t length) {
  return (id + 1) * 2654435761u ^ (length * 40503u);
}
char fill(std::uint32_t id, std::size_t at) { return static_cast<char>('a' + (id + at) % 26); }

}  // namespace

// ---- Tape
// ----------------------------------------------------------------------------------------

std::uint32_t Tape::begin(int cpu) {
  const Machine::EngineScope engine(Machine::running());
  HEDDLE_CHECK(count_ < messages_max, "a scenario writes few messages");
  entries_[count_] = {cpu, ++moments_[static_cast<std::size_t>(cpu)], 0, false, false};
  return count_++;
}

void Tape::end(std::uint32_t id, bool stored) {
  const Machine::EngineScope engine(Machine::running());
  Entry& entry = entries_[id];
  entry.ended = ++moments_[static_cast<std::size_t>(entry.cpu)];
  entry.stored = stored;
}

// ---- Subject
// -------------------------------------------------------------------------------------

Subject::Subject(World& world, DefectBits defects, std::size_t events_per_page, unsigned cpus)
    : world_(world), tape_(world.create<Tape>()) {
  Parameters parameters;
  parameters.defects = Defects(defects);
  parameters.page_bytes = events_per_page * least_event_bytes;
  buffer_ = Buffer::allocate(2 * parameters.page_bytes, cpus, parameters);
  world.name(*buffer_, "ring_buffer");
  for (int cpu = 0; cpu < Buffer::cpus_max; ++cpu) {
    if (!buffer_->has(cpu)) continue;
    const auto& part = buffer_->part(cpu);
    world.name(part.reader_lock, "reader_lock");
    world.name(part.tail_page, "tail_page");
    world.name(part.commit_page, "commit_page");
    world.name(part.reader_page, "reader_page");
    world.name(part.committing, "committing");
    world.name(part.commits, "commits");
    world.name(part.record_disabled, "record_disabled");
  }
}

bool Subject::write(std::size_t length) {
  const std::uint32_t id = tape_.begin(kernel::smp_processor_id());
  Event* event = buffer_->reserve(length);
  if (event != nullptr) {
    auto* message = reinterpret_cast<Message*>(event->data());
    message->id = id;
    message->length = static_cast<std::uint32_t>(length);
    for (std::size_t i = sizeof(Message); i < length; ++i) event->data()[i] = fill(id, i);
    message->check = checksum(id, static_cast<std::uint32_t>(length));
    buffer_->commit(event);
  }
  tape_.end(id, event != nullptr);
  return event != nullptr;
}

// Reads the event as the code under test would. @returns the message's id, or none.
std::uint32_t Subject::check(const Event* event, int cpu) {
  const auto* message = reinterpret_cast<const Message*>(event->data());
  const std::uint32_t id = message->id;
  const std::uint32_t length = message->length;
  bool whole = message->check == checksum(id, length) && event->length == length &&
               tape_.knows(id) && event->kind == Event::data_kind;
  for (std::size_t i = sizeof(Message); i < length && whole; ++i)
    whole = event->data()[i] == fill(id, i);
  const Machine::EngineScope engine(Machine::running());
  world_.expect(whole, "a message is read as it was written");
  if (!whole) return none;
  world_.expect(tape_.entry(id).cpu == cpu, "a message is read on the CPU that wrote it");
  return id;
}

// Of two writes of a CPU, if one had ended when the other began, it is read first.
void Subject::in_order(int cpu, std::uint32_t id, Progress& progress) {
  const Machine::EngineScope engine(Machine::running());
  std::uint32_t& last = progress.last[static_cast<std::size_t>(cpu)];
  if (last != 0) {
    const Tape::Entry& before = tape_.entry(last - 1);
    const Tape::Entry& now = tape_.entry(id);
    world_.expect(last - 1 != id, "no message is read twice");
    world_.expect(now.ended == 0 || now.ended > before.began,
                  "messages of a CPU are read in the order in which they were written");
  }
  last = id + 1;
}

bool Subject::consume(int cpu, Progress& progress) {
  std::uint64_t time = 0;
  const Event* event = buffer_->consume(cpu, &time);
  if (event == nullptr) return false;
  const std::uint32_t id = check(event, cpu);
  if (id == none) return true;
  in_order(cpu, id, progress);
  const Machine::EngineScope engine(Machine::running());
  world_.expect(!tape_.entry(id).consumed, "no message is consumed twice");
  tape_.entry(id).consumed = true;
  return true;
}

void Subject::peek(int cpu) {
  std::uint64_t time = 0;
  buffer_->peek(cpu, &time);
}

bool Subject::iterate_once(Iterator* iterator, Progress& progress) {
  std::uint64_t time = 0;
  const Event* event = buffer_->iterator_peek(iterator, &time);
  if (event == nullptr) return false;
  const std::uint32_t id = check(event, iterator->cpu);
  if (id != none) in_order(iterator->cpu, id, progress);
  buffer_->iterator_advance(iterator);
  return true;
}

std::size_t Subject::iterate(Iterator* iterator, Progress& progress) {
  constexpr std::size_t events_max = 32;
  std::size_t events = 0;
  while (events < events_max && iterate_once(iterator, progress)) ++events;
  world_.expect(events < events_max, "an iteration comes to an end");
  return events;
}

std::uint64_t Subject::present(int cpu) {
  const auto& part = buffer_->part(cpu);
  return kernel::READ_ONCE(part.entries) - kernel::READ_ONCE(part.overrun) -
         kernel::READ_ONCE(part.discarded) - kernel::READ_ONCE(part.consumed);
}

void Subject::settle_at_end() {
  world_.finally([this] { settle(); });
}

void Subject::settle() {
  for (int cpu = 0; cpu < Buffer::cpus_max; ++cpu) {
    if (!buffer_->has(cpu)) continue;
    const std::uint64_t left = present(cpu);
    Progress progress;
    std::uint64_t read = 0;
    while (read < Tape::messages_max && consume(cpu, progress)) ++read;
    world_.expect(read == left, "what is neither lost nor consumed is there to be read");
    world_.expect(buffer_->empty(cpu), "a buffer that was read to its end is empty");
    std::uint64_t unseen = 0;
    for (std::uint32_t id = 0; id < tape_.count(); ++id)
      if (tape_.entry(id).cpu == cpu && !tape_.entry(id).consumed) ++unseen;
    world_.expect(unseen == buffer_->lost(cpu), "every lost message is counted as lost");
  }
  world_.expect(buffer_->is_recording(), "nobody leaves recording off");
  for (int cpu = 0; cpu < Buffer::cpus_max; ++cpu)
    if (buffer_->has(cpu))
      world_.expect(buffer_->part(cpu).record_disabled == 0, "nobody leaves recording off");
  Buffer::free(buffer_);
}

}  // namespace heddle::scenarios::ring_buffer
