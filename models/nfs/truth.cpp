#include "models/nfs/truth.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::models::nfs {

using sim::Machine;
using sim::Mode;

namespace {

/// Nobody's accesses to the truth are looked at, but steps that depend on it say so.
class Look {
 public:
  Look(sim::ObjectId object, Mode mode) : engine_(Machine::running()) {
    Machine::running().uses(object, mode);
  }

 private:
  Machine::EngineScope engine_;
};

}  // namespace

void Truth::set(Promises& promises, sim::HostId client, std::uint32_t number,
                std::int64_t until_ms) {
  clear(promises, client, number);
  for (Promise& promise : promises) {
    if (promise.number != 0) continue;
    promise = {client, number, until_ms};
    return;
  }
}

void Truth::clear(Promises& promises, sim::HostId client, std::uint32_t number) {
  for (Promise& promise : promises)
    if (promise.client == client && promise.number == number) promise.number = 0;
}

void Truth::believes(sim::HostId client, std::uint32_t number, std::int64_t until_ms) {
  const Look look(object(), Mode::write);
  if (number > revoked_) set(believed_, client, number, until_ms);
}

void Truth::believes_no_more(sim::HostId client, std::uint32_t number) {
  const Look look(object(), Mode::write);
  clear(believed_, client, number);
}

bool Truth::is_valid(sim::HostId client, std::uint32_t number) const {
  const Look look(object(), Mode::read);
  const std::int64_t now_ms = Machine::running().now_ms();
  for (const Promise& promise : believed_)
    if (promise.client == client && promise.number == number) return now_ms <= promise.until_ms;
  return false;
}

void Truth::registered(sim::HostId client, std::uint32_t number, std::int64_t until_ms) {
  const Look look(object(), Mode::write);
  set(registered_, client, number, until_ms);
}

void Truth::released(sim::HostId client, std::uint32_t number) {
  const Look look(object(), Mode::write);
  clear(registered_, client, number);
}

bool Truth::is_registered(std::int64_t clock_ms) const {
  const Look look(object(), Mode::read);
  for (const Promise& promise : registered_)
    if (promise.number != 0 && clock_ms <= promise.until_ms) return true;
  return false;
}

void Truth::revoked(std::uint32_t number) {
  const Look look(object(), Mode::write);
  revoked_ = number;
  believed_ = {};
  registered_ = {};
}

void Truth::is_stable(std::uint64_t data) {
  const Look look(object(), Mode::write);
  stable_ = data;
}

}  // namespace heddle::models::nfs
