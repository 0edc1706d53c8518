#include "models/nfs/truth.hpp"

#include <algorithm>

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
  for (std::size_t i = 0; i < promises.slots.size(); ++i) {
    if (promises.slots[i].number != 0) continue;
    promises.slots[i] = {client, number, until_ms};
    promises.used = std::max(promises.used, i + 1);
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

bool Truth::holds(sim::HostId client, std::uint32_t instance, LockName name,
                  std::int64_t until_ms) {
  const Look look(object(), Mode::write);
  Machine& machine = Machine::running();
  const std::int64_t now_ms = machine.now_ms();
  Lock* own = nullptr;
  bool is_alone = true;
  for (Lock& lock : locks_) {
    const bool is_own = lock.instance != 0 && lock.client == client && lock.name == name;
    if (is_own || (own == nullptr && lock.instance == 0)) own = &lock;
    if (is_own || lock.instance == 0 || lock.name.file != name.file) continue;
    const bool is_there =
        machine.is_up(lock.client) && machine.host(lock.client).boots == lock.instance;
    if (is_there && now_ms <= lock.until_ms) is_alone = false;
  }
  if (own != nullptr) *own = {client, name, instance, until_ms};
  return is_alone;
}

void Truth::holds_no_more(sim::HostId client, LockName name) {
  const Look look(object(), Mode::write);
  for (Lock& lock : locks_)
    if (lock.client == client && lock.name == name) lock.instance = 0;
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
  locks_ = {};
}

void Truth::is_stable(std::uint64_t data) {
  const Look look(object(), Mode::write);
  stable_ = data;
}

}  // namespace heddle::models::nfs
