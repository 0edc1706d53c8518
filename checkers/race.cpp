#include "checkers/race.hpp"

#include <algorithm>
#include <bit>

#include "sim/core/check.hpp"

namespace heddle::checkers {

using sim::Access;
using sim::AccessCell;
using sim::AccessGroup;
using sim::AccessLine;
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
  HEDDLE_CHECK(machine.config().limits.steps_max <= sim::Limits::steps_most,
               "executions with a race checker are bounded by fewer than 2^32 - 1 steps");
  order_.begin(machine);
  shadow_ = &machine.shadow();
  if (groups_.empty()) groups_.resize(64);
  if (wides_.empty()) wides_.resize(8);
  groups_used_ = 1;
  wides_used_ = 1;
  wides_free_.clear();
  share_tables();
}

bool RaceChecker::archive(sim::Archive& archive) {
  order_.archive(archive);
  archive.values(groups_used_, wides_used_);
  archive.used(groups_, groups_used_);
  for (std::size_t i = 1; i < wides_used_; ++i) {
    const Wide& wide = wides_[i];
    archive.part(wides_, &wide.width, sizeof wide.width);
    for (std::size_t row = 0; row < Wide::row_count; ++row)
      if (wide.width[row] != 0)
        archive.part(wides_, wide.of[row].data(), wide.width[row] * sizeof(AccessRecord));
  }
  archive.whole(wides_free_);
  archive.then(*this, 0, [](RaceChecker& checker, std::uint64_t) { checker.share_tables(); });
  return true;
}

/// The filter notes what needs no look at all. It must know when the tables have moved.
void RaceChecker::share_tables() {
  sim::hooks.filter.clocks = order_.clocks();
  sim::hooks.filter.groups = groups_.data();
}

void RaceChecker::event(Machine& machine, const Event& event) {
  if (event.kind != EventKind::free) {
    order_.event(machine, event);
    return;
  }
  // A write to all of the block, so that an access which nothing orders is seen in every schedule.
  if ((event.flags & sim::event_not_a_block) != 0) return;
  AccessRecord record = record_of(machine, event.context, event.place);
  record.origin |= AccessRecord::freed_flag;
  on_range(machine, event.object.payload(), event.value,
           {record, event.context, Kind::write, "frees"});
}

AccessRecord RaceChecker::record_of(const Machine& machine, ContextId context, Place place) const {
  return {order_.now(context), static_cast<std::uint32_t>(machine.steps()),
          (place.pc & AccessRecord::place_mask) | AccessRecord::bits_of(context)};
}

/// What the filter has left: atomic accesses, and plain ones that do not come after all that is
/// remembered of just these bytes by one record. A few common cases take no closer look.
void RaceChecker::access(Machine& machine, const Access& access) {
  if (access.atomic) {
    atomic_access(machine, access);
    return;
  }
  const unsigned first = access.address & 7;
  if (first + access.size <= 8) [[likely]] {
    AccessGroup& group = shadow_->cell(access.address).first;
    const unsigned bytes = mask_of(first, first + access.size);
    if (group.bytes == 0) group.bytes = bytes;
    if (((bytes & ~group.bytes) == 0 &&
         group.is_repeated(access.mode, order_.now(access.context))) ||
        (group.bytes == bytes && is_one_of_many_reads(machine, group, access)))
      return;
  }
  look_closer(machine, access);
}

void RaceChecker::atomic_access(Machine& machine, const Access& access) {
  AccessCell& cell = shadow_->cell(access.address);
  if (!is_ordered_atomic(machine, cell.first, access)) look_closer(machine, access);
  if (access.orders()) order_.access(access, cell.sync);
}

/// The group of just these bytes behind the word's first one, which has others; a new one if none
/// of the bytes has been accessed, or if they are part of one. @returns nullptr if they are parts
/// of several.
AccessGroup* RaceChecker::find_or_add(AccessGroup& first, unsigned bytes) {
  AccessGroup* group = &first;
  while ((group->bytes & bytes) == 0 && group->next != 0) group = &groups_[group->next];
  if (group->bytes == bytes) return group;
  if ((bytes & ~group->bytes) != 0 && (bytes & group->bytes) != 0) return nullptr;
  if (make_room()) return find_or_add(first, bytes);
  if ((group->bytes & bytes) != 0) {
    split(*group, bytes);
    return group;
  }
  AccessGroup fresh;
  fresh.bytes = bytes;
  group->next = add(fresh);
  return &groups_[group->next];
}

/// Remembers an atomic access that comes after the plain ones that it could race with. `first`: the
/// first group of its word.
[[gnu::always_inline]] inline bool RaceChecker::is_ordered_atomic(const Machine& machine,
                                                                  AccessGroup& first,
                                                                  const Access& access) {
  const unsigned begin = access.address & 7;
  if (begin + access.size > 8) return false;
  const unsigned bytes = mask_of(begin, begin + access.size);
  if (first.bytes == 0) first.bytes = bytes;
  AccessGroup* const group = first.bytes == bytes ? &first : find_or_add(first, bytes);
  const bool writes = access.mode == Mode::write;
  if (group == nullptr || !follows(group->write, access.context) ||
      (writes && !follows(group->read, access.context)))
    return false;
  Wide& wide = group->wide != 0 ? wides_[group->wide] : wide_of(*group);
  entry(wide, writes ? Wide::atomic_writes : Wide::atomic_reads, access.context) =
      record_of(machine, access.context, access.place);
  return true;
}

/// The same for a plain read of what several contexts read, and nobody writes atomically.
bool RaceChecker::is_one_of_many_reads(const Machine& machine, const AccessGroup& group,
                                       const Access& access) {
  const ContextId context = access.context;
  if (group.wide == 0 || access.mode == Mode::write || !follows(group.write, context)) return false;
  Wide& wide = wides_[group.wide];
  if (wide.width[Wide::reads] <= context.value || wide.width[Wide::atomic_writes] != 0)
    return false;
  AccessRecord& own = wide.of[Wide::reads][context.value];
  if (own.clock != order_.now(context)) own = record_of(machine, context, access.place);
  return true;
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
    if (address % 8 == 0 && end - address >= 16 && !is_atomic(now.kind)) {
      const unsigned first = address / 8 % AccessLine::word_count;
      const std::size_t count =
          std::min<std::size_t>(AccessLine::word_count - first, (end - address) / 8);
      const std::uintptr_t line = address - 8 * first;
      std::uint32_t rest = (~std::uint32_t{0} >> (AccessLine::word_count - count)) << first;
      for (rest = remember_alike(shadow_->line(line), rest, now); rest != 0; rest &= rest - 1)
        on_bytes(machine, line + 8 * static_cast<unsigned>(std::countr_zero(rest)), 0xFF, now);
      address += 8 * count;
    } else {
      const unsigned first = address & 7;
      const std::size_t count = std::min<std::size_t>(8 - first, end - address);
      on_bytes(machine, address - first, mask_of(first, first + static_cast<unsigned>(count)), now);
      address += count;
    }
  }
}

void RaceChecker::on_bytes(Machine& machine, std::uintptr_t word, unsigned bytes, const Now& now) {
  AccessGroup& group = shadow_->cell(word).first;
  if (!is_ordered_plain(group, bytes, now)) on_word(machine, word, bytes, now);
}

/// Remembers a plain access to all of the words in the line itself, for those that have no cell, if
/// it comes after what the line remembers of them, and the line need remember nothing else of
/// others. @returns the words that it has not remembered.
std::uint32_t RaceChecker::remember_alike(AccessLine& line, std::uint32_t words,
                                          const Now& now) const {
  const std::uint32_t mine = words & ~line.in_cells;
  if (line.alike == 0)
    line.write = line.read = AccessRecord{};
  else if (line.alike != mine || !follows(line.write, now.context) ||
           !follows(line.read, now.context))
    return words;
  line.note(mode_of(now.kind), now.record);
  line.alike = mine;
  return words & ~mine;
}

/// Remembers a plain access to what nobody has accessed, or to just the bytes of the word's only
/// group, if it comes after all that the group remembers: most of what is copied, cleared and
/// freed.
bool RaceChecker::is_ordered_plain(AccessGroup& group, unsigned bytes, const Now& now) {
  if (is_atomic(now.kind) || group.next != 0 || group.wide != 0) return false;
  if (group.bytes == 0) group.bytes = bytes;
  if (group.bytes != bytes || !follows(group.write, now.context) ||
      !follows(group.read, now.context))
    return false;
  group.note(mode_of(now.kind), now.record);
  return true;
}

/// Looks at each group of the word that the access touches. A group that it touches in part is
/// split, so groups stay disjoint, and each knows exactly what happened to its bytes.
void RaceChecker::on_word(Machine& machine, std::uintptr_t word, unsigned bytes, const Now& now) {
  make_room();
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

/// For the groups of a word, so that references into the table stay good while it is looked at.
/// @returns whether they did not while this was called.
bool RaceChecker::make_room() {
  if (groups_.size() >= groups_used_ + 8) return false;
  groups_.resize(2 * groups_.size());
  share_tables();
  return true;
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

// ---- one group ----------------------------------------------------------------------------------

/// FastTrack's rules, with the rows for atomic accesses: those race with plain accesses only.
void RaceChecker::check(Machine& machine, std::uintptr_t word, const AccessGroup& group,
                        const Now& now) {
  if (!follows(group.write, now.context))
    report(machine, word, group, group.write,
           (group.write.origin & AccessRecord::freed_flag) != 0 ? "frees" : "writes", now);
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
        entry(wide, Wide::reads, group.read.context()) = group.read;
        entry(wide, Wide::reads, now.context) = now.record;
        group.read = AccessRecord{many, 0, 0};
      }
      break;
    case Kind::write:
      group.note(Mode::write, now.record);
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

// ---- what was found -----------------------------------------------------------------------------

void RaceChecker::report(Machine& machine, std::uintptr_t word, const AccessGroup& group,
                         const AccessRecord& earlier, const char* verb, const Now& now) {
  const auto first = static_cast<unsigned>(std::countr_zero(unsigned{group.bytes}));
  const std::uintptr_t address = word + first;
  const ObjectId object = ObjectId::memory(address);
  Finding finding;
  finding.kind = FindingKind::data_race;
  finding.step = now.record.step;
  finding.object = object;
  finding.add({earlier.context(), earlier.step, earlier.place(), verb, object});
  finding.add({now.context, now.record.step, now.record.place(), now.verb, object});
  finding.detail = detail_for(machine.context(earlier.context()), machine.context(now.context));
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
