#include "sim/machine/disk.hpp"

#include "sim/machine/machine.hpp"

namespace heddle::sim {

Disk::Disk(HostId host) {
  Machine::running().at_crash(host,
                              {[](void* disk) { static_cast<Disk*>(disk)->lose_cache(); }, this});
}

void Disk::write(std::size_t block, std::uint64_t value, Place place) {
  Machine& machine = Machine::running();
  if (block >= blocks_max) machine.misused("a disk has 32 blocks", place);
  const Machine::EngineScope engine(machine);
  machine.step({EventKind::store, Mode::write, 0, object(), place});
  cached_[block] = value;
  dirty_ |= 1u << block;
  machine.emit({.kind = EventKind::store, .object = object(), .value = value, .place = place});
}

std::uint64_t Disk::read(std::size_t block, Place place) const {
  Machine& machine = Machine::running();
  machine.require(block < blocks_max, "a disk has 32 blocks", place);
  const Machine::EngineScope engine(machine);
  machine.step({EventKind::load, Mode::read, 0, object(), place});
  const std::uint64_t value = cached_[block];
  machine.emit({.kind = EventKind::load,
                .mode = Mode::read,
                .object = object(),
                .value = value,
                .place = place});
  return value;
}

void Disk::flush(Place place) {
  Machine& machine = Machine::running();
  const Machine::EngineScope engine(machine);
  machine.step({EventKind::exchange, Mode::write, 0, object(), place});
  durable_ = cached_;
  dirty_ = 0;
  machine.emit({.kind = EventKind::exchange, .object = object(), .place = place});
}

void Disk::lose_cache() {
  Machine& machine = Machine::running();
  machine.uses(object(), Mode::write);
  for (std::size_t block = 0; block < blocks_max; ++block) {
    if ((dirty_ >> block & 1) == 0) continue;
    if (machine.choose_fault(2) != 0)
      cached_[block] = durable_[block];
    else
      durable_[block] = cached_[block];
  }
  dirty_ = 0;
}

}  // namespace heddle::sim
