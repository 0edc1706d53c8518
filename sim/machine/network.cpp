#include "sim/machine/network.hpp"

#include <array>
#include <cstring>
#include <new>

namespace heddle::sim {

// ---- mailboxes ----------------------------------------------------------------------------------

bool Mailbox::push(const Message& message) {
  if (count_ == room_.size()) return false;
  room_[(first_ + count_) % room_.size()] = message;
  ++count_;
  return true;
}

/// Those before it stay in their order.
void Mailbox::take(std::uint16_t index, Message& message) {
  message = room_[(first_ + index) % room_.size()];
  for (std::uint16_t i = index; i != 0; --i)
    room_[(first_ + i) % room_.size()] = room_[(first_ + i - 1) % room_.size()];
  first_ = static_cast<std::uint16_t>((first_ + 1) % room_.size());
  --count_;
}

void Mailbox::receive(Message& message, Place place) {
  receive_until(message, Machine::for_ever, place);
}

bool Mailbox::receive_until(Message& message, std::int64_t deadline_ms, Place place) {
  Machine& machine = Machine::running();
  const Machine::EngineScope engine(machine);
  const Operation operation{EventKind::receive, Mode::write, 0, object(), place};
  const bool found = machine.wait_until(filled_, deadline_ms, operation);
  if (found) {
    if (deadline_ms == Machine::for_ever) machine.needs_announced();
    take(network_.choose_next(machine, count_), message);
    if (count_ == 0) machine.close(filled_);
  } else {
    machine.only_reads();
    message = Message{};
  }
  machine.emit({.kind = EventKind::receive,
                .sync = Sync::acquire,
                .object = object(),
                .value = message.number,
                .place = place,
                .text = name_});
  return found;
}

// ---- links --------------------------------------------------------------------------------------

void Network::carries_on(Cpu cpu) {
  Machine& machine = Machine::running();
  carrier_ = &mailbox("delayed", HostId{});
  const auto carry = [](void* network) { static_cast<Network*>(network)->carry(); };
  machine.make_daemon(machine.create_task("carrier", cpu, {carry, this}, {}));
}

/// Brings what is delayed to where it was sent, when its time has come.
void Network::carry() {
  Machine& machine = Machine::running();
  for (Message message;;) {
    carrier_->receive(message, {});
    machine.sleep_until(machine.now_ms() + left_.delay_ms, {});
    const Machine::EngineScope engine(machine);
    HEDDLE_CHECK(message.to != nullptr, "what is carried was sent somewhere");
    Mailbox& to = *message.to;
    machine.step({EventKind::send, Mode::write, 0, to.object(), {}});
    arrive(machine, to, message, Fate::arrives);
    machine.emit({.kind = EventKind::send,
                  .object = to.object(),
                  .value = message.number,
                  .text = "at last"});
  }
}

Mailbox& Network::mailbox(const char* name, HostId host, std::uint16_t capacity) {
  Machine& machine = Machine::running();
  machine.require(machine.runs_alone() && capacity != 0, "set-up creates mailboxes with room");
  auto* room = static_cast<Message*>(machine.allocate_raw(capacity * sizeof(Message)));
  for (std::uint16_t i = 0; i < capacity; ++i) new (room + i) Message;
  void* const place = machine.allocate_raw(sizeof(Mailbox));
  auto* mailbox = new (place) Mailbox(*this, name, host, {room, capacity});
  machine.names().add(reinterpret_cast<std::uintptr_t>(mailbox), sizeof(Mailbox), name);
  return *mailbox;
}

bool Network::passes(Machine& machine, HostId from, HostId to) const {
  machine.uses(link(from, to), Mode::read);
  return (cut_[from.value] >> to.value & 1) == 0;
}

namespace {
/// The step looks at the budget: where nothing is left of it, something might be in another order.
void note_budget(Machine& machine, bool is_left) {
  // A write with each of the answers, so that one that sleeps stands for all of them.
  machine.uses(world_part(WorldPart::message_faults), is_left ? Mode::write : Mode::read);
}
}  // namespace

Network::Fate Network::choose_fate(Machine& machine) {
  if (granted_.any()) note_budget(machine, left_.any());
  if (!left_.any()) return Fate::arrives;
  std::array<Fate, 4> fates{Fate::arrives};
  std::uint32_t ways = 1;
  if (left_.lost != 0) fates[ways++] = Fate::lost;
  if (left_.duplicated != 0) fates[ways++] = Fate::duplicated;
  if (left_.delayed != 0) fates[ways++] = Fate::delayed;
  const Fate fate = fates[machine.choose_fault(ways)];
  if (fate == Fate::lost) --left_.lost;
  if (fate == Fate::duplicated) --left_.duplicated;
  if (fate == Fate::delayed) --left_.delayed;
  return fate;
}

/// @returns whether it does.
bool Network::arrive(Machine& machine, Mailbox& to, const Message& message, Fate fate) {
  bool arrives = fate != Fate::lost && to.push(message);
  if (fate == Fate::duplicated) arrives = to.push(message) || arrives;
  if (arrives) machine.open(to.filled_);
  return arrives;
}

/// Which of those that lie there is taken: 0 is the oldest.
std::uint16_t Network::choose_next(Machine& machine, std::uint16_t count) {
  if (granted_.overtaken != 0) note_budget(machine, left_.overtaken != 0);
  if (left_.overtaken == 0) return 0;
  const auto chosen = static_cast<std::uint16_t>(machine.choose_fault(count));
  if (chosen == 0) return 0;
  --left_.overtaken;
  return chosen;
}

/// A step of its own: it wakes another one than the step that it is sent with.
bool Network::delay(Machine& machine, const Message& message) {
  if (carrier_ == nullptr) machine.misused("a network that delays messages has who carries them");
  machine.step({EventKind::send, Mode::write, 0, carrier_->object(), {}});
  return arrive(machine, *carrier_, message, Fate::arrives);
}

std::uint32_t Network::send(Mailbox& to, const void* bytes, std::size_t size, Mailbox* answer_to,
                            Place place) {
  Machine& machine = Machine::running();
  machine.require(size <= Message::bytes_max, "a message has at most 96 bytes", place);
  const Machine::EngineScope engine(machine);
  machine.step({EventKind::send, Mode::write, 0, to.object(), place});
  Message message;
  message.number = ++sent_;
  message.from = machine.current_host();
  message.to = &to;
  message.answer_to = answer_to;
  message.size = static_cast<std::uint16_t>(size);
  std::memcpy(message.bytes, bytes, size);
  const char* what = to.name();
  if (!passes(machine, message.from, to.host())) {
    what = "cut off";
  } else {
    const Fate fate = choose_fate(machine);
    const bool is_delayed = fate == Fate::delayed;
    if (!(is_delayed ? delay(machine, message) : arrive(machine, to, message, fate)))
      what = "lost";
    else if (fate == Fate::duplicated || is_delayed)
      what = is_delayed ? "delayed" : "duplicated";
  }
  machine.emit({.kind = EventKind::send,
                .sync = Sync::release,
                .object = to.object(),
                .value = message.number,
                .place = place,
                .text = what});
  return message.number;
}

void Network::cut(HostId from, HostId to, bool is_cut) {
  Machine& machine = Machine::running();
  machine.uses(link(from, to), Mode::write);
  const std::uint64_t bit = std::uint64_t{1} << to.value;
  cut_[from.value] = is_cut ? cut_[from.value] | bit : cut_[from.value] & ~bit;
}

void Network::may_cut(HostId from, HostId to, bool both_ways) {
  Machine& machine = Machine::running();
  machine.require(machine.runs_alone(), "set-up says which links may be cut");
  void* const room = machine.allocate_raw(sizeof(Cutting));
  auto* cutting = new (room) Cutting{this, from, to, both_ways, false};
  const auto toggle = [](void* argument) {
    auto& it = *static_cast<Cutting*>(argument);
    it.is_cut = !it.is_cut;
    it.network->cut(it.from, it.to, it.is_cut);
    if (it.both_ways) it.network->cut(it.to, it.from, it.is_cut);
  };
  machine.create_fault("cut", Strikes::link, 2, {toggle, cutting});
}

}  // namespace heddle::sim
