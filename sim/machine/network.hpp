// Links between hosts: messages that are lost, duplicated, delayed, overtaken or cut off, each
// within a budget. What is on its way outlives who sent it, and who is to get it.
//
// A mailbox is where messages for one service of a host arrive, in the order in which they were
// sent unless one overtakes others. Where time is asynchronous every message may be late, as its
// receiver takes it later; by the clock those are that a fault delays. Mailboxes belong to the
// world: what lies there when their host crashes is still on its way, and meets the next boot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/core/ids.hpp"
#include "sim/machine/context.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim {

/// How many messages of an execution may go wrong.
struct MessageFaults {
  std::uint16_t lost = 0;
  std::uint16_t duplicated = 0;
  std::uint16_t overtaken = 0;  ///< receptions of another message than the oldest
  /// One after another; on their way when the world ends, they get lost.
  std::uint16_t delayed = 0;
  std::int64_t delay_ms = 0;  ///< by how much

  bool any() const { return lost != 0 || duplicated != 0 || overtaken != 0 || delayed != 0; }
  friend bool operator==(const MessageFaults&, const MessageFaults&) = default;
};

class Mailbox;

struct Message {
  static constexpr std::size_t bytes_max = 96;

  std::uint32_t number = 0;  ///< from 1, in the order of sending; a duplicate has its original's
  HostId from;
  Mailbox* to = nullptr;         ///< where it was sent
  Mailbox* answer_to = nullptr;  ///< where the sender expects an answer; nullptr: nowhere
  std::uint16_t size = 0;        ///< of `bytes`
  alignas(8) unsigned char bytes[bytes_max] = {};
};

class Network;

/// Created by Network::mailbox().
class Mailbox {
 public:
  /// Takes a message; blocks while there is none. A step.
  void receive(Message& message, Place place);
  /// The same until virtual time is `deadline_ms`. @returns false if the time was up.
  bool receive_until(Message& message, std::int64_t deadline_ms, Place place);

  HostId host() const { return host_; }
  const char* name() const { return name_; }
  ObjectId object() const {
    return ObjectId::of(ObjectClass::mailbox, reinterpret_cast<std::uintptr_t>(this));
  }

 private:
  friend class Network;
  Mailbox(Network& network, const char* name, HostId host, std::span<Message> room)
      : network_(network), name_(name), host_(host), room_(room) {
    filled_.owner_code = Waitable::taken_for_ever;
  }
  bool push(const Message& message);
  void take(std::uint16_t index, Message& message);

  Network& network_;
  const char* name_;
  HostId host_;
  std::span<Message> room_;
  std::uint16_t first_ = 0;  // of the ring
  std::uint16_t count_ = 0;
  Waitable filled_;  // free while a message lies there
};

/// The links of a world. Lives in simulated memory: World::create<Network>(faults).
class Network {
 public:
  explicit Network(const MessageFaults& faults) : granted_(faults), left_(faults) {}

  /// What is delayed is carried by a daemon on this CPU, which no host has. To be called where
  /// messages may be delayed. @pre called by set-up.
  void carries_on(Cpu cpu);

  /// A mailbox of the host. `name` lives as long as the execution. Messages beyond `capacity` are
  /// lost without counting as faults, as routers do it. @pre called by set-up.
  Mailbox& mailbox(const char* name, HostId host, std::uint16_t capacity = 16);

  /// Sends bytes of the running context's host; a step. What becomes of the message is a choice
  /// within the budget. `size`: at most Message::bytes_max (checked). @returns its number.
  std::uint32_t send(Mailbox& to, const void* bytes, std::size_t size, Mailbox* answer_to,
                     Place place);

  /// Messages from `from` to `to` are lost from here on, or pass again. Within a step.
  void cut(HostId from, HostId to, bool is_cut);
  /// The link may be cut at any step, once, in one direction or in both, and comes back at any
  /// later one, at the latest when the world settles. @pre called by set-up.
  void may_cut(HostId from, HostId to, bool both_ways);

 private:
  friend class Mailbox;
  struct Cutting {
    Network* network;
    HostId from, to;
    bool both_ways;
    bool is_cut;
  };
  enum class Fate : std::uint8_t { arrives, lost, duplicated, delayed };

  static ObjectId link(HostId from, HostId to) {
    return ObjectId::of(ObjectClass::link, std::uint64_t{from.value} << 8 | to.value);
  }
  bool passes(Machine& machine, HostId from, HostId to) const;
  Fate choose_fate(Machine& machine);
  bool arrive(Machine& machine, Mailbox& to, const Message& message, Fate fate);
  bool delay(Machine& machine, const Message& message);
  void carry();
  std::uint16_t choose_next(Machine& machine, std::uint16_t count);

  MessageFaults granted_, left_;
  Mailbox* carrier_ = nullptr;  // takes what is delayed
  std::uint32_t sent_ = 0;
  std::uint64_t cut_[hosts_max] = {};  // by sender: bit of each receiver
};

}  // namespace heddle::sim
