// How the searches are split. What a branch asks of the frames above it is written down, and done
// by the search that it is of, in order; what would change nothing even now is left out.
#include "sim/explore/split.hpp"

#include <algorithm>
#include <vector>

#include "sim/core/check.hpp"
#include "sim/core/rng.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/dpor.hpp"
#include "sim/explore/saved.hpp"

namespace heddle::sim {
namespace {

constexpr std::size_t requests_bytes_max = std::size_t{16} << 20;

std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size();
  for (const char byte : bytes) hash = mix(hash, static_cast<unsigned char>(byte));
  return hash;
}

}  // namespace

void WakeupTree::append(wire::Writer& writer, std::uint32_t node) const {
  for (; node != none; node = nodes_[node].next) {
    const Node& each = nodes_[node];
    const Effect does = effect(node);
    writer.number(each.context.value + 1u).number(does->home.bits);
    writer.number(does->everything).number(does->gates);
    writer.number(each.open_values).number(each.uncertain);
    sim::save(writer, does.begin, each.touch_count);
    sim::save(writer, values(node).data(), each.value_count);
    append(writer, each.child);
  }
  writer.number(0);
}

void History::take_last(const Effect& effect, const Exchanged& exchanged) {
  Step& step = steps_.back();
  step.everything = effect->everything;
  step.gates = effect->gates;
  step.exchanged = exchanged;
  step.touches = touches_end();
  touches_.insert(touches_.end(), effect.begin, effect.end);
  step.touches_end = touches_end();
  step.sign(effect.begin, effect.end);
}

std::uint32_t Dpor::next_open(std::uint32_t from) const {
  for (std::uint32_t frame = std::max(from, floor_ + 1); frame < repeated_; ++frame) {
    const Step& step = history_[frame];
    for (std::uint32_t i = step.values; i != step.values_end; ++i)
      if (!values_[i].fixed && values_[i].chosen + 1 < values_[i].arity) return frame;
    for (std::uint32_t node = step.tree; node != WakeupTree::none; node = tree_[node].next)
      if (is_able(tree_[node].context, step) && !will_sleep(tree_[node].context, step))
        return frame;
  }
  return 0;
}

void Dpor::enter_next_branch(std::uint32_t frame) {
  while (history_.size() - 1 > frame) {
    tree_.free_row(history_.back().tree);
    tree_.free_row(history_.back().subtree);
    history_.pop();
  }
  HEDDLE_CHECK(go_on_at(frame), "the frame has another branch");
  floor_ = frame;
  goes_on_ = false;
  floor_values_ = history_.back().values_end - history_.back().values;
  requests_.clear();
  requested_.clear();
  too_many_requests_ = widens_above_ = false;
}

std::string Dpor::branch() const {
  wire::Writer writer(wire::Type::bytes);
  const Step& step = history_[repeated_];
  writer.number(step.context.value).number(step.open_values).number(step.unguided);
  const auto values = values_of(step.values, step.values_end);
  sim::save(writer, values.data(), values.size());
  tree_.append(writer, step.subtree);
  return std::string(writer.payload());
}

/// Writes down the sequence for the tree of a frame that another search has.
void Dpor::request(std::uint32_t frame) {
  const std::uint32_t begin = first_alive_;
  const bool wanted = options_.reduction == Reduction::source ? find_gap_of_one(frame).found
                                                              : find_gap(frame).found;
  if (!wanted || too_many_requests_) return;
  wire::Writer writer(wire::Type::bytes);
  writer.number(frame).number(sequence_end_ - begin);
  for (std::uint32_t i = begin; i != sequence_end_; ++i) {
    const Member& member = sequence_[i];
    const Awaited step = awaited(member);
    writer.number(step.effect->context.value).number(step.effect->home.bits);
    writer.number(step.effect->everything).number(step.effect->gates).number(member.index);
    writer.number(step.open_values).number(step.uncertain);
    sim::save(writer, step.effect.begin,
              static_cast<std::size_t>(step.effect.end - step.effect.begin));
    sim::save(writer, step.values.data(), step.values.size());
    sim::save(writer, clock(member), clock(member) != nullptr ? history_.clock_width() : 0);
  }
  const std::string_view bytes = writer.payload();
  const std::uint64_t hash = hash_of(bytes);
  const auto at = std::lower_bound(requested_.begin(), requested_.end(), hash);
  if (at != requested_.end() && *at == hash) return;
  requested_.insert(at, hash);
  requests_.insert(requests_.end(), bytes.begin(), bytes.end());
  too_many_requests_ = requests_.size() > requests_bytes_max;
}

bool Dpor::take_request(wire::Reader& reader) {
  struct Room {
    std::pmr::vector<Touch> touches;
    std::pmr::vector<std::uint32_t> values;
    std::pmr::vector<std::uint32_t> clock;
    Summary summary;
    std::uint32_t index = 0;
  };
  const auto frame = static_cast<std::uint32_t>(reader.number());
  const std::uint64_t size = reader.number();
  if (!reader.ok() || frame == 0 || frame > repeated_ || size == 0) return false;
  std::vector<Room> rooms(size);
  begin_sequence(size, contexts_max);
  for (Room& room : rooms) {
    Stranger& step = strangers_.emplace_back();
    Summary& summary = room.summary;
    summary.context = ContextId{static_cast<std::uint16_t>(reader.number())};
    summary.home.bits = reader.number();
    summary.everything = reader.number() != 0;
    summary.gates = reader.number() != 0;
    room.index = static_cast<std::uint32_t>(reader.number());
    step.open_values = reader.number() != 0;
    step.uncertain = reader.number() != 0;
    if (!sim::load(reader, room.touches) || !sim::load(reader, room.values) ||
        !sim::load(reader, room.clock) || room.clock.size() > contexts_max ||
        summary.context.value >= contexts_max)
      return false;
    step.effect = {&summary, room.touches.data(), room.touches.data() + room.touches.size()};
    summary.sign(step.effect.begin, step.effect.end);
    step.values = room.values;
    if (!room.clock.empty()) room.clock.resize(contexts_max);
    step.clock = room.clock.empty() ? nullptr : room.clock.data();
  }
  for (auto i = static_cast<std::int32_t>(size); i-- != 0;) prepend_stranger(i, rooms[i].index);
  if (frame <= floor_)
    request(frame);
  else if (options_.reduction == Reduction::source)
    insert_one(frame);
  else
    insert(frame);
  return true;
}

bool Dpor::save_outcome(wire::Writer& writer) const {
  const Step& step = history_[history_.size() - 1];
  if (!exhausted_ || diverged_ || halfway_ || floor_ == 0 || too_many_requests_ ||
      history_.size() - 1 != floor_ || step.values_end - step.values != floor_values_)
    return false;
  const Effect effect = history_.effect(floor_);
  writer.number(effect->everything).number(effect->gates);
  sim::save(writer, effect.begin, static_cast<std::size_t>(effect.end - effect.begin));
  sim::save(writer, step.exchanged);
  writer.number(footprint_.context_count())
      .number(widens_above_)
      .number(requested_.size())
      .text({requests_.data(), requests_.size()});
  return true;
}

bool Dpor::absorb(wire::Reader& reader) {
  Summary summary;
  Exchanged exchanged;
  std::pmr::vector<Touch> touches;
  summary.everything = reader.number() != 0;
  summary.gates = reader.number() != 0;
  if (!sim::load(reader, touches) || !sim::load(reader, exchanged)) return false;
  const std::uint64_t contexts = reader.number();
  if (contexts > contexts_max) return false;
  footprint_.know_of(static_cast<std::uint16_t>(contexts));
  history_.make_room();
  const bool widens = reader.number() != 0;
  const std::uint64_t count = reader.number();
  const std::string requests = reader.text();
  wire::Reader each(wire::Type::bytes, requests);
  for (std::uint64_t i = 0; i < count; ++i)
    if (!take_request(each)) return false;
  history_.take_last({&summary, touches.data(), touches.data() + touches.size()}, exchanged);
  if (widens) widen();
  go_back();
  return reader.ok();
}

// ---- without reduction --------------------------------------------------------------------------

std::uint32_t DepthFirstSearch::next_open(std::uint32_t from) const {
  for (std::size_t frame = std::max<std::size_t>(from, floor_ + 1); frame < path_.size(); ++frame)
    if (path_[frame - 1].is_open()) return static_cast<std::uint32_t>(frame);
  return 0;
}

void DepthFirstSearch::enter_next_branch(std::uint32_t frame) {
  path_.resize(frame);
  go_back();
  floor_ = frame;
  goes_on_ = false;
}

std::string DepthFirstSearch::branch() const {
  return path_.empty() ? "" : std::to_string(path_.back().chosen);
}

bool DepthFirstSearch::save_outcome(wire::Writer&) const { return exhausted_ && !diverged_; }

bool DepthFirstSearch::absorb(wire::Reader&) {
  go_back();
  return true;
}

}  // namespace heddle::sim
