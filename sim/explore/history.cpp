#include "sim/explore/history.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

#include "sim/core/check.hpp"
#include "sim/core/clock_block.hpp"

namespace heddle::sim {
namespace {

constexpr std::size_t least_width = 16;
static_assert(least_width % ClockBlock::size == 0 && std::has_single_bit(least_width));

bool is_tried(const Exchanged& exchanged) {
  return exchanged.kind == Exchanged::Kind::tried || exchanged.kind == Exchanged::Kind::spun;
}

/// Accesses are found by the word in which they lie, so only those within one.
bool spans_words(const Touch& touch) {
  return ObjectId{touch.first}.cls() == ObjectClass::memory && (touch.first & 7) + touch.size > 8;
}
std::uint64_t chain_of(const Touch& touch) {
  return ObjectId{touch.first}.cls() == ObjectClass::memory ? touch.first & ~std::uint64_t{7}
                                                            : touch.first;
}

bool is_gate(const Touch& touch) { return ObjectId{touch.first}.cls() == ObjectClass::gate; }

}  // namespace

History::History(std::pmr::memory_resource& memory, const Footprint& footprint,
                 std::size_t steps_max)
    : footprint_(footprint),
      steps_(&memory),
      width_(least_width),
      clocks_(&memory),
      touches_(&memory),
      looks_(&memory),
      links_(&memory),
      chains_(&memory),
      wide_(&memory),
      candidates_(&memory) {
  steps_.reserve(steps_max + 2);
  clocks_.resize(width_);
  clocks_.reserve((steps_max + 2) * width_);
  touches_.reserve(4 * (steps_max + 2));
  links_.reserve(4 * (steps_max + 2));
  links_.emplace_back();
  chains_.resize(256);
  candidates_.reserve(steps_max + 2);
  steps_.emplace_back();
}

const std::uint32_t* History::find_chain(std::uint64_t object) const {
  for (std::size_t i = slot_of(object);; i = (i + 1) & (chains_.size() - 1)) {
    const Chain& chain = chains_[i];
    if (!chain.used) return nullptr;
    if (chain.object == object) return &chain.last;
  }
}

/// The chain of the object; an empty one if it has none. Objects are never forgotten.
std::uint32_t& History::chain(std::uint64_t object) {
  if (chains_used_ * 2 >= chains_.size()) grow_chains();
  std::size_t i = slot_of(object);
  for (; chains_[i].used; i = (i + 1) & (chains_.size() - 1))
    if (chains_[i].object == object) return chains_[i].last;
  chains_[i] = {object, 0, true};
  ++chains_used_;
  return chains_[i].last;
}

std::size_t History::slot_of(std::uint64_t object) const {
  return ((object * 0x9E3779B97F4A7C15u) >> 32) & (chains_.size() - 1);
}

void History::grow_chains() {
  std::pmr::vector<Chain> old(chains_.get_allocator());
  old.swap(chains_);
  chains_.resize(2 * old.size());
  for (const Chain& chain : old) {
    if (!chain.used) continue;
    std::size_t i = slot_of(chain.object);
    while (chains_[i].used) i = (i + 1) & (chains_.size() - 1);
    chains_[i] = chain;
  }
}

Step& History::push(ContextId context) {
  Step& step = steps_.emplace_back();
  step.context = context;
  step.home = footprint_.home(context);
  step.before = last_[context.value];
  step.index = step.before == 0 ? 1 : steps_[step.before].index + 1;
  step.touches = step.touches_end = touches_end();
  last_[context.value] = size() - 1;
  return step;
}

void History::join(std::uint32_t* into, std::uint32_t number) const {
  sim::join(into, clock(number), sim::clock_width(footprint_.context_count()));
}

void History::widen() {
  const std::size_t old_width = std::exchange(width_, std::bit_ceil(footprint_.context_count()));
  std::pmr::vector<std::uint32_t> old(clocks_.get_allocator());
  old.swap(clocks_);
  clocks_.reserve(old.capacity() / old_width * width_);
  clocks_.resize(old.size() / old_width * width_);
  for (std::size_t row = 0; row < old.size() / old_width; ++row)
    std::copy_n(&old[row * old_width], old_width, &clocks_[row * width_]);
}

void History::close(bool everything, std::pmr::vector<Race>& races) {
  const std::uint32_t number = size() - 1;
  Step& step = steps_[number];
  step.everything = everything || footprint_.everything();
  step.touches = touches_end();
  step.gates = false;
  step.exchanged = footprint_.exchanged;
  for (const Touch& touch : footprint_) {
    touches_.push_back(touch);
    step.gates = step.gates || is_gate(touch);
  }
  if (step.relaxes) {
    looks_.clear();
    append_looks(step.before, looks_);
    touches_.insert(touches_.end(), looks_.begin(), looks_.end());
  }
  step.touches_end = touches_end();
  step.sign(touch(step.touches), touch(step.touches_end));
  for (ContextSet rest = footprint_.created(); !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    creator_[id.value] = number;
    last_[id.value] = 0;
  }

  make_room();
  if (clocks_.size() < (number + std::size_t{1}) * width_)
    clocks_.resize((number + std::size_t{1}) * width_);
  std::uint32_t* const clock = &clocks_[number * width_];
  const std::uint32_t start = step.before != 0 ? step.before : creator_[step.context.value];
  std::copy_n(this->clock(start), footprint_.context_count(), clock);
  find_candidates(number);
  const Effect effect = this->effect(number);
  for (const std::uint32_t i : candidates_) {
    const Step& other = steps_[i];
    if (clock[other.context.value] >= other.index) continue;
    if (!dependent(this->effect(i), effect)) continue;
    races.push_back({i, number});
    join(clock, i);
  }
  clock[step.context.value] = step.index;
  link(number);
}

bool History::is_wide(const Step& step) const {
  return step.everything || std::any_of(touches_.begin() + step.touches,
                                        touches_.begin() + step.touches_end, spans_words);
}

/// All steps that the last one depends on directly, and some others; the latest first.
void History::find_candidates(std::uint32_t number) {
  const Step& step = steps_[number];
  const auto add = [&](std::uint32_t candidate) {
    if (candidate != 0 && candidate != number) candidates_.push_back(candidate);
  };
  if (is_wide(step)) {
    candidates_.resize(number - 1);
    std::iota(candidates_.rbegin(), candidates_.rend(), 1u);
    return;
  }
  candidates_.assign(wide_.begin(), wide_.end());
  for (std::uint32_t t = step.touches; t != step.touches_end; ++t) {
    const Touch& touch = touches_[t];
    add_accesses(touch, step.context);
    if (!step.gates || !is_gate(touch)) continue;
    for (std::uint16_t c = 0; c < footprint_.context_count(); ++c)
      if (footprint_.home(ContextId{c}).bits == touch.first) add(last_[c]);
  }
  if (gates_ != 0) add_accesses(Touch::of(step.home, 1, Mode::read), step.context);
  std::sort(candidates_.begin(), candidates_.end(), std::greater<>());
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
}

/// Who accessed the object up to the last one that wrote all of it: whoever came before that one
/// happened before it.
void History::add_accesses(const Touch& touch, ContextId context) {
  const std::uint32_t* head = find_chain(chain_of(touch));
  if (head == nullptr) return;
  // Reads are only in conflict with writes.
  for (std::uint32_t l = touch.writes ? *head : last_write(*head); l != 0;) {
    const Link& link = links_[l];
    const Touch& other = touches_[link.touch];
    l = touch.writes ? link.previous : link.previous_write;
    if (!other.conflicts(touch)) continue;
    if (steps_[link.step].context != context) candidates_.push_back(link.step);
    const bool covers =
        other.first <= touch.first && touch.first + touch.size <= other.first + other.size;
    if (other.writes && !other.adds && covers) return;
  }
}

/// Others find the last step by what it touched, from now on.
void History::link(std::uint32_t number) {
  Step& step = steps_[number];
  step.linked = true;
  step.links = static_cast<std::uint32_t>(links_.size());
  if (step.gates) ++gates_;
  if (is_wide(step)) {
    wide_.push_back(number);
    return;
  }
  for (std::uint32_t t = step.touches; t != step.touches_end; ++t) {
    std::uint32_t& head = chain(chain_of(touches_[t]));
    links_.push_back({number, t, head, last_write(head)});
    head = static_cast<std::uint32_t>(links_.size() - 1);
  }
}

/// The last step is taken back.
void History::unlink() {
  Step& step = steps_.back();
  if (!step.linked) return;
  step.linked = false;
  if (step.gates) --gates_;
  if (!wide_.empty() && wide_.back() + 1 == size()) wide_.pop_back();
  while (links_.size() != step.links) {
    const Link& link = links_.back();
    chain(chain_of(touches_[link.touch])) = link.previous;
    links_.pop_back();
  }
}

void History::pop() {
  unlink();
  last_[steps_.back().context.value] = steps_.back().before;
  steps_.pop_back();
}

void History::replace_last(ContextId context) {
  unlink();
  Step& step = steps_.back();
  last_[step.context.value] = step.before;
  step.context = context;
  step.home = footprint_.home(context);
  step.before = last_[context.value];
  step.index = step.before == 0 ? 1 : steps_[step.before].index + 1;
  last_[context.value] = size() - 1;
}

void History::begin_with(const Footprint& footprint) {
  for (ContextSet rest = footprint.created(); !rest.empty();) {
    const ContextId id = rest.first();
    rest.remove(id);
    creator_[id.value] = last_[id.value] = 0;
  }
}

bool History::closes(const Effect& effect, ObjectId home) {
  return std::any_of(effect.begin, effect.end,
                     [&](const Touch& touch) { return touch.first == home.bits && touch.writes; });
}

bool History::before_its_past(std::uint32_t a, const Later& later) const {
  const std::uint32_t past =
      later.before != 0 ? later.before : creator_[later.effect->context.value];
  return past != 0 && (a == past || before(a, past));
}

std::uint32_t History::who_closed(const Touch& gate, const Cut& cut, const Later& later) const {
  const ObjectClass cls = ObjectId{gate.first}.cls();
  const bool opened_once = cls == ObjectClass::context || cls == ObjectClass::sleep;
  int openings = 0;
  const Kept kept(*this, cut);
  for (std::uint32_t i = later.number - 1; i != 0; --i) {
    const Step& step = steps_[i];
    if (!kept(i)) continue;
    for (std::uint32_t t = step.touches_end; t-- != step.touches;) {
      const Touch& touch = touches_[t];
      if (touch.closes == 0 || touch.keeper == later.effect->context || !touch.overlaps(gate))
        continue;
      if (touch.closes < 0) {
        if (opened_once) return 0;
        ++openings;
      } else if (openings-- == 0) {
        return i;
      }
    }
  }
  if (cls == ObjectClass::mailbox) return openings != 0 ? 0 : impossible;
  return opened_once ? impossible : 0;
}

/// Is it known what the step found there and left?
bool History::knows(std::uint32_t number, const Touch& touch) const {
  const Step& step = steps_[number];
  return step.touches != step.touches_end && touches_[step.touches].first == touch.first &&
         touches_[step.touches].size == touch.size &&
         (step.exchanged.kind == Exchanged::Kind::known ||
          step.exchanged.kind == Exchanged::Kind::compared);
}

/// Those that write to one object are in order, so of those the cut keeps the first ones.
std::uint32_t History::who_overwrote(const Touch& awaited, const Cut& cut,
                                     const Later& later) const {
  std::uint64_t value = 0;
  if (find_value(awaited, later.number, cut, value) ? later.condition.holds(value) : later.finds)
    return 0;
  const Kept kept(*this, cut);
  for (std::uint32_t i = later.number - 1; i != 0; --i) {
    const Step& step = steps_[i];
    if (!kept(i)) continue;
    const bool overwrites =
        step.everything ||
        std::any_of(touches_.begin() + step.touches, touches_.begin() + step.touches_end,
                    [&](const Touch& its) { return its.writes && its.overlaps(awaited); });
    if (!overwrites) continue;
    if (!knows(i, awaited) || later.condition.holds(step.exchanged.found)) return i;
  }
  return impossible;
}

std::uint32_t History::obstacle(const Cut& cut, const Later& later) const {
  const Effect& effect = later.effect;
  if (later.relaxes && !is_awake(later.before, later.number, cut)) return last_change(cut, later);
  if (!later.condition.always_holds())
    if (const std::uint32_t writer = who_overwrote(*effect.begin, cut, later)) return writer;
  for (const Touch* touch = effect.begin; touch != effect.end; ++touch) {
    if (!touch->needs) continue;
    if (const std::uint32_t closer = who_closed(*touch, cut, later)) return closer;
  }
  if (gates_ == 0) return 0;
  return who_closed(Touch::of(effect->home, 1, Mode::read), cut, later);
}

/// Has the context of step `number` touched the same once more, up to its step `last`?
bool History::looked_again(std::uint32_t number, std::uint32_t last, const Touch& touch) const {
  for (std::uint32_t i = last; i != number; i = steps_[i].before)
    for (std::uint32_t t = steps_[i].touches; t != steps_[i].touches_end; ++t)
      if (touches_[t].first == touch.first && touches_[t].size == touch.size &&
          !touches_[t].awaited)
        return true;
  return false;
}

bool History::is_awake(std::uint32_t last, std::uint32_t end, const Cut& cut) const {
  for (std::uint32_t i = last; i != 0; i = steps_[i].before) {
    for (std::uint32_t t = steps_[i].touches; t != steps_[i].touches_end; ++t) {
      const Touch& touch = touches_[t];
      if (ObjectId{touch.first}.cls() != ObjectClass::memory || touch.awaited) continue;
      if (!looked_again(i, last, touch) && has_changed(i, touch, end, cut)) return true;
    }
    if (steps_[i].relaxes) break;
  }
  return false;
}

void History::append_looks(std::uint32_t last, std::pmr::vector<Touch>& touches) const {
  for (std::uint32_t i = last; i != 0; i = steps_[i].before) {
    for (std::uint32_t t = steps_[i].touches; t != steps_[i].touches_end; ++t) {
      const Touch& touch = touches_[t];
      if (ObjectId{touch.first}.cls() != ObjectClass::memory || touch.awaited) continue;
      Touch look;
      look.first = touch.first;
      look.size = touch.size;
      look.awaited = true;
      touches.push_back(look);
    }
    if (steps_[i].relaxes) break;
  }
}

/// The last step before the cut that changed something at which the context of `later` had looked.
std::uint32_t History::last_change(const Cut& cut, const Later& later) const {
  for (std::uint32_t f = cut.front() - 1; f > later.before; --f)
    for (std::uint32_t i = later.before; i != 0; i = steps_[i].before) {
      for (std::uint32_t w = steps_[f].touches; w != steps_[f].touches_end; ++w)
        for (std::uint32_t t = steps_[i].touches; t != steps_[i].touches_end; ++t)
          if (touches_[w].writes && !touches_[t].awaited && touches_[w].overlaps(touches_[t]))
            return f;
      if (steps_[i].relaxes) break;
    }
  return impossible;
}

bool History::has_changed(std::uint32_t look, const Touch& touch, std::uint32_t end,
                          const Cut& cut) const {
  const Exchanged& looked = steps_[look].exchanged;
  const bool known =
      looked.kind == Exchanged::Kind::known || looked.kind == Exchanged::Kind::compared;
  const Kept kept(*this, cut);
  for (std::uint32_t f = end - 1; f > look; --f) {
    if (!kept(f)) continue;
    for (std::uint32_t w = steps_[f].touches; w != steps_[f].touches_end; ++w) {
      const Touch& written = touches_[w];
      if (!written.writes || !written.overlaps(touch)) continue;
      const Exchanged& other = steps_[f].exchanged;
      return !known || other.kind == Exchanged::Kind::unknown || is_tried(other) ||
             w != steps_[f].touches || written.first != touch.first || written.size != touch.size ||
             other.left != looked.found;
    }
  }
  return known && looked.left != looked.found;
}

bool History::find_value(const Touch& touch, std::uint32_t end, const Cut& cut,
                         std::uint64_t& value) const {
  // Steps that touch more than a word are in no chain.
  if (!wide_.empty() || spans_words(touch)) return false;
  const std::uint32_t* head = find_chain(chain_of(touch));
  if (head == nullptr) return false;
  const Kept kept(*this, cut);
  std::uint32_t first = 0;
  for (std::uint32_t l = last_write(*head); l != 0; l = links_[l].previous_write) {
    if (!touches_[links_[l].touch].overlaps(touch)) continue;
    first = links_[l].step;
    if (first >= end || !kept(first)) continue;
    value = steps_[first].exchanged.left;
    return knows(first, touch);
  }
  if (first == 0 || !knows(first, touch)) return find_first_value(touch, end, *head, value);
  value = steps_[first].exchanged.found;
  return true;
}

/// What set-up left there, which whoever comes first finds.
bool History::find_first_value(const Touch& touch, std::uint32_t end, std::uint32_t head,
                               std::uint64_t& value) const {
  std::uint32_t first = 0;
  for (std::uint32_t l = head; l != 0; l = links_[l].previous) {
    const Touch& other = touches_[links_[l].touch];
    if (links_[l].step <= end && !other.awaited && other.overlaps(touch)) first = links_[l].step;
  }
  if (first == 0) return false;
  value = steps_[first].exchanged.found;
  return knows(first, touch);
}

bool History::would_write(std::uint32_t number, const Cut& cut) const {
  const Step& step = steps_[number];
  if (step.touches == step.touches_end) return false;
  const Touch& touch = touches_[step.touches];
  std::uint64_t value = 0;
  switch (step.exchanged.kind) {
    case Exchanged::Kind::compared:
      return !find_value(touch, number, cut, value) || value == step.exchanged.expected;
    case Exchanged::Kind::tried:
    case Exchanged::Kind::spun:
      return who_closed(touch, cut, later(number)) == 0;
    case Exchanged::Kind::unknown:
    case Exchanged::Kind::known:
      break;
  }
  return touch.writes;
}

void History::least_clock(std::uint32_t number, std::uint32_t end, std::uint32_t* clock) const {
  const Step& step = steps_[number];
  const std::uint32_t start = step.before != 0 ? step.before : creator_[step.context.value];
  std::copy_n(this->clock(start), width_, clock);
  if (step.exchanged.kind == Exchanged::Kind::unknown) return;
  // It touches what it announced; whether a compare-exchange writes there is not known.
  Touch touch = touches_[step.touches];
  touch.writes = touch.writes && step.exchanged.kind == Exchanged::Kind::known;
  for (std::uint32_t i = 1; i < end; ++i) {
    const Step& other = steps_[i];
    const bool conflicts =
        std::any_of(touches_.begin() + other.touches, touches_.begin() + other.touches_end,
                    [&](const Touch& its) { return !its.awaited && its.conflicts(touch); });
    if (conflicts) join(clock, i);
  }
}

bool History::would_differ(std::uint32_t number, const Cut& cut) const {
  const Step& step = steps_[number];
  if (step.touches == step.touches_end || step.exchanged.blind) return false;
  if (step.exchanged.kind == Exchanged::Kind::unknown) return true;
  if (is_tried(step.exchanged)) return would_write(number, cut) != touches_[step.touches].writes;
  std::uint64_t value = 0;
  return !find_value(touches_[step.touches], number, cut, value) || value != step.exchanged.found;
}

}  // namespace heddle::sim
