#include "checkers/race.hpp"

#include <algorithm>
#include <bit>

#include "sim/core/check.hpp"

namespace heddle::checkers {

using sim::Access;
using sim::AccessGroup;
using sim::AccessRecord;
using sim::ContextId;
using sim::Event;
using sim::EventKind;
using sim::Finding;
using sim::FindingKind;
using sim::Level;
using sim::Machine;
using sim::Mode;
using sim::ObjectId;
using sim::Place;

namespace {

/// AccessRecord::clock of a group's read record when the reads are in the wide record.
constexpr std::uint32_t many = 0xFFFF'FFFF;

// AccessRecord::origin: the place in the lower 48 bits, the context above, then whether it freed.
constexpr unsigned context_shift = 48;
constexpr std::uint64_t place_mask = (std::uint64_t{1} << context_shift) - 1;
constexpr std::uint64_t freed_flag = std::uint64_t{1} << 63;

ContextId context_of(const AccessRecord& record) {
  return ContextId{static_cast<std::uint16_t>((record.origin & ~freed_flag) >> context_shift)};
}
Place place_of(const AccessRecord& record) { return Place{record.origin & place_mask}; }

const char* verb_of(const Access& access) {
  if (access.mode == Mode::write) return access.atomic ? "writes atomically" : "writes";
  return access.atomic ? "reads atomically" : "reads";
}

/// Bytes first..end - 1 of a word, as a mask. @pre first < end <= 8.
constexpr unsigned mask_of(unsigned first, unsigned end) {
  return (0xFFu >> (8 - end + first)) << first;
}

const char* detail_for(const sim::Context& a, const sim::Context& b) {
  if (a.cpu != b.cpu) return "nothing orders the two accesses";
  if (a.level == Level::task && b.level == Level::task)
    return "sharing a CPU does not order tasks: either can be preempted";
  return "the handler can land there: the two accesses do not mask each other";
}

}  // namespace

/// An access that needs a closer look.
struct RaceChecker::Now {
  AccessRecord record;
  ContextId context;
  Kind kind = Kind::read;
  const char* verb = "";
};

RaceChecker::Kind RaceChecker::kind_of(const Access& access) {
  if (access.mode == Mode::write) return access.atomic ? Kind::atomic_write : Kind::write;
  return access.atomic ? Kind::atomic_read : Kind::read;
}

sim::EventMask RaceChecker::events() const {
  return HappensBefore::events() | sim::EventMask{EventKind::free};
}

void RaceChecker::begin(Machine& machine) {
  HEDDLE_CHECK(machine.config().limits.steps_max < 0xFFFF'FFFF,
               "executions with a race checker are bounded by fewer than 2^32 - 1 steps");
  order_.begin(machine);
  shadow_ = &machine.shadow();
  if (groups_.empty()) groups_.resize(64);
  if (wides_.empty()) wides_.resize(8);
  groups_used_ = 1;
  wides_used_ = 1;
  wides_free_.clear();
}

void RaceChecker::event(Machine& machine, const Event& event) {
  if (event.kind != EventKind::free) {
    order_.event(machine, event);
    return;
  }
  // A write to all of the block, so that an access which nothing orders is seen in every schedule.
  if ((event.flags & sim::event_not_a_block) != 0) return;
  AccessRecord record = record_of(machine, event.context, event.place);
  record.origin |= freed_flag;
  on_range(machine, event.object.payload(), event.value,
           {record, event.context, Kind::write, "frees"});
}

AccessRecord RaceChecker::record_of(const Machine& machine, ContextId context, Place place) const {
  return {order_.now(context), static_cast<std::uint32_t>(machine.steps()),
          (place.pc & place_mask) | (std::uint64_t{context.value} << context_shift)};
}

/// Most accesses repeat the last one to just these bytes, or come after all that is remembered of
/// them; whatever else there is takes a closer look.
void RaceChecker::access(Machine& machine, const Access& access) {
  const unsigned first = access.address & 7;
  if (first + access.size > 8) [[unlikely]]
    return look_closer(machine, access);
  AccessGroup& group = shadow_->cell(access.address).first;
  const unsigned bytes = mask_of(first, first + access.size);
  if (group.bytes != bytes) {
    if (group.bytes != 0) return look_closer(machine, access);
    group.bytes = bytes;
  }

  const ContextId context = access.context;
  const bool writes = access.mode == Mode::write;
  if (!access.atomic) {
    const std::uint32_t now = order_.now(context);
    if (group.write.clock == now || (!writes && group.read.clock == now)) return;
    if (group.wide != 0) return read_by_many(machine, group, access);
    if (!follows(group.write, context) || !follows(group.read, context))
      return look_closer(machine, access);
    (writes ? group.write : group.read) = record_of(machine, context, access.place);
    if (writes) group.read = AccessRecord{};
  } else {
    if (group.wide == 0 || !follows(group.write, context) ||
        (writes && !follows(group.read, context)))
      return look_closer(machine, access);
    Wide& wide = wides_[group.wide];
    const Wide::Row row = writes ? Wide::atomic_writes : Wide::atomic_reads;
    if (wide.width[row] <= context.value) return look_closer(machine, access);
    wide.of[row][context.value] = record_of(machine, context, access.place);
  }
}

/// The same for reads of what several contexts read, and nobody accesses atomically.
void RaceChecker::read_by_many(Machine& machine, const AccessGroup& group, const Access& access) {
  Wide& wide = wides_[group.wide];
  const ContextId context = access.context;
  if (access.mode == Mode::write || wide.width[Wide::reads] <= context.value ||
      wide.width[Wide::atomic_writes] != 0 || !follows(group.write, context))
    return look_closer(machine, access);
  AccessRecord& own = wide.of[Wide::reads][context.value];
  if (own.clock != order_.now(context)) own = record_of(machine, context, access.place);
}

void RaceChecker::look_closer(Machine& machine, const Access& access) {
  const Now now{record_of(machine, access.context, access.place), access.context, kind_of(access),
                verb_of(access)};
  on_range(machine, access.address, access.size, now);
}

void RaceChecker::on_range(Machine& machine, std::uintptr_t address, std::size_t size,
                           const Now& now) {
  const std::uintptr_t end = address + size;
  while (address < end) {
    const unsigned first = address & 7;
    const std::size_t here = std::min<std::size_t>(8 - first, end - address);
    on_word(machine, address - first, mask_of(first, first + static_cast<unsigned>(here)), now);
    address += here;
  }
}

/// Looks at each group of the word that the access touches. A group that it touches in part is
/// split, so groups stay disjoint, and each knows exactly what happened to its bytes.
void RaceChecker::on_word(Machine& machine, std::uintptr_t word, unsigned bytes, const Now& now) {
  // A word has at most eight groups, so references into the table stay good meanwhile.
  if (groups_.size() < groups_used_ + 8) groups_.resize(2 * groups_.size());
  AccessGroup* group = &shadow_->cell(word).first;
  if (group->bytes == 0) group->bytes = bytes;
  while (true) {
    const unsigned overlap = group->bytes & bytes;
    if (overlap != 0) {
      if (overlap != group->bytes) split(*group, overlap);
      check(machine, word, *group, now);
      remember(*group, now);
      bytes &= ~overlap;
      if (bytes == 0) return;
    }
    if (group->next == 0) {
      AccessGroup rest;
      rest.bytes = bytes;
      group->next = add(rest);
    }
    group = &groups_[group->next];
  }
}

std::uint32_t RaceChecker::add(const AccessGroup& group) {
  groups_[groups_used_] = group;
  return static_cast<std::uint32_t>(groups_used_++);
}

/// The group keeps `bytes`; a new one behind it gets the others, with the same past.
void RaceChecker::split(AccessGroup& group, unsigned bytes) {
  AccessGroup others = group;
  others.bytes = group.bytes & ~bytes;
  if (group.wide != 0) {
    others.wide = 0;
    Wide& to = wide_of(others);
    const Wide& from = wides_[group.wide];
    to.width = from.width;
    for (std::size_t row = 0; row < Wide::row_count; ++row)
      std::copy_n(from.of[row].begin(), from.width[row], to.of[row].begin());
  }
  group.bytes = bytes;
  group.next = add(others);
}

// ---- one group
// -----------------------------------------------------------------------------------

/// Does what the context does now come after that access, or was there none?
bool RaceChecker::follows(const AccessRecord& earlier, ContextId context) const {
  return order_.ordered(context_of(earlier), earlier.clock, context);
}

/// FastTrack's rules, with the rows for atomic accesses: those race with plain accesses only.
void RaceChecker::check(Machine& machine, std::uintptr_t word, const AccessGroup& group,
                        const Now& now) {
  if (!follows(group.write, now.context))
    report(machine, word, group, group.write,
           (group.write.origin & freed_flag) != 0 ? "frees" : "writes", now);
  if (is_write(now.kind)) {
    if (group.read.clock == many)
      check_row(machine, word, group, Wide::reads, now);
    else if (!follows(group.read, now.context))
      report(machine, word, group, group.read, "reads", now);
  }
  if (group.wide == 0 || is_atomic(now.kind)) return;
  check_row(machine, word, group, Wide::atomic_writes, now);
  if (is_write(now.kind)) check_row(machine, word, group, Wide::atomic_reads, now);
}

void RaceChecker::check_row(Machine& machine, std::uintptr_t word, const AccessGroup& group,
                            Wide::Row row, const Now& now) {
  static constexpr std::array<const char*, Wide::row_count> verbs = {"reads", "reads atomically",
                                                                     "writes atomically"};
  const Wide& wide = wides_[group.wide];
  for (std::uint32_t i = 0; i < wide.width[row]; ++i)
    if (!follows(wide.of[row][i], now.context))
      report(machine, word, group, wide.of[row][i], verbs[row], now);
}

void RaceChecker::remember(AccessGroup& group, const Now& now) {
  switch (now.kind) {
    case Kind::read:
      if (group.read.clock == many) {
        entry(wide_of(group), Wide::reads, now.context) = now.record;
      } else if (follows(group.read, now.context)) {
        group.read = now.record;
      } else {
        Wide& wide = wide_of(group);
        entry(wide, Wide::reads, context_of(group.read)) = group.read;
        entry(wide, Wide::reads, now.context) = now.record;
        group.read = AccessRecord{many, 0, 0};
      }
      break;
    case Kind::write:
      // Whoever comes after this write comes after all that came before it.
      group.write = now.record;
      group.read = AccessRecord{};
      if (group.wide != 0) wides_free_.push_back(group.wide);
      group.wide = 0;
      break;
    case Kind::atomic_read:
      entry(wide_of(group), Wide::atomic_reads, now.context) = now.record;
      break;
    case Kind::atomic_write:
      entry(wide_of(group), Wide::atomic_writes, now.context) = now.record;
      break;
  }
}

/// The group's wide record, made if there is none.
RaceChecker::Wide& RaceChecker::wide_of(AccessGroup& group) {
  if (group.wide == 0) {
    if (wides_free_.empty()) {
      HEDDLE_CHECK(wides_used_ < std::size_t{1} << 24, "an execution has under 2^24 wide records");
      if (wides_used_ == wides_.size()) wides_.resize(2 * wides_used_);
      wides_free_.push_back(static_cast<std::uint32_t>(wides_used_++));
    }
    group.wide = wides_free_.back() & 0xFF'FFFFu;
    wides_free_.pop_back();
    wides_[group.wide].width = {};
  }
  return wides_[group.wide];
}

AccessRecord& RaceChecker::entry(Wide& wide, Wide::Row row, ContextId id) {
  std::uint32_t& width = wide.width[row];
  while (width <= id.value) wide.of[row][width++] = AccessRecord{};
  return wide.of[row][id.value];
}

// ---- what was found
// ------------------------------------------------------------------------------

void RaceChecker::report(Machine& machine, std::uintptr_t word, const AccessGroup& group,
                         const AccessRecord& earlier, const char* verb, const Now& now) {
  const auto first = static_cast<unsigned>(std::countr_zero(unsigned{group.bytes}));
  const std::uintptr_t address = word + first;
  const ObjectId object = ObjectId::memory(address);
  Finding finding;
  finding.kind = FindingKind::data_race;
  finding.step = now.record.step;
  finding.object = object;
  finding.add({context_of(earlier), earlier.step, place_of(earlier), verb, object});
  finding.add({now.context, now.record.step, place_of(now.record), now.verb, object});
  finding.detail = detail_for(machine.context(context_of(earlier)), machine.context(now.context));
  machine.report(finding);
  add_racy_field(machine, address,
                 static_cast<unsigned>(std::bit_width(unsigned{group.bytes})) - first);
}

void RaceChecker::add_racy_field(const Machine& machine, std::uintptr_t address, unsigned size) {
  if (!sim::arena_layout::is_heap(address)) return;
  const sim::Block* block = machine.heap().around(address);
  if (block == nullptr || address < block->address) return;
  sim::RacyField field{block->label, address - block->address, size};
  const auto at = std::lower_bound(racy_fields_.begin(), racy_fields_.end(), field);
  if (at == racy_fields_.end() || *at != field) racy_fields_.insert(at, std::move(field));
}

}  // namespace heddle::checkers
