#include "sim/explore/profile.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "sim/core/rng.hpp"
#include "sim/explore/numbers.hpp"

namespace heddle::sim {
namespace {

constexpr std::uint32_t mean_max = 1'000'000;  // so that sums of them fit 32 bits

}  // namespace

void Profile::add_descendants(std::array<std::uint32_t, contexts_max>& counts) const {
  // Whoever is created has a greater id than its creator.
  for (std::size_t id = contexts_max; id-- > 1;) {
    const std::size_t creator = parents_[id].value;
    if (known_ && creator < id) counts[creator] += counts[id];
  }
}

void Profile::write(std::string& text) const {
  if (!known_) return;
  text += "known\n";
  for (std::size_t id = 0; id < contexts_max; ++id) {
    if (steps_of_[id] == 0) continue;
    text += "context";
    for (const std::uint64_t number :
         {std::uint64_t{id}, std::uint64_t{steps_of_[id]}, std::uint64_t{parents_[id].value}})
      put_number(text, number);
    text += '\n';
  }
  for (std::size_t i = 0; i < object_count_; ++i) {
    text += "object";
    put_number(text, objects_[i].object.bits);
    for (std::size_t id = 0; id < contexts_max; ++id) {
      if (objects_[i].uses[id] == 0) continue;
      put_number(text, id);
      put_number(text, objects_[i].uses[id]);
    }
    text += '\n';
  }
}

void Profile::read(std::string_view text) {
  *this = {};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (take_word(line, "known")) {
      known_ = true;
    } else if (take_word(line, "context")) {
      const std::uint64_t id = take_number(line) % contexts_max;
      steps_of_[id] = static_cast<std::uint32_t>(take_number(line));
      parents_[id] = ContextId{static_cast<std::uint16_t>(take_number(line))};
      steps_ += steps_of_[id];
    } else if (take_word(line, "object") && object_count_ < objects_max) {
      ObjectProfile& object = objects_[object_count_++];
      object.object = ObjectId{take_number(line)};
      while (!line.empty()) {
        const std::uint64_t id = take_number(line) % contexts_max;
        object.uses[id] = static_cast<std::uint16_t>(take_number(line));
        object.total += object.uses[id];
      }
    }
  }
}

void Census::clear() { *this = {}; }

void Census::step(ContextId id, const Operation& operation, ContextSet enabled) {
  // Who is seen for the first time after a create step was created by it.
  const ContextSet fresh = enabled - seen_;
  if (!fresh.empty()) {
    if (pending_creator_ != no_context) {
      std::uint16_t& creator = creators_[fresh.first().value];
      const auto code = static_cast<std::uint16_t>(pending_creator_.value + 1);
      creator = creator == 0 ? code : std::min(creator, code);
      pending_creator_ = no_context;
    }
    seen_ = seen_ | enabled;
  }
  if (operation.kind == EventKind::create) pending_creator_ = id;
  ++steps_[id.value];
  use(operation.object, id, operation.mode == Mode::write, 1);
}

void Census::use(ObjectId object, ContextId context, bool writes, std::uint64_t count) {
  std::size_t at = mix(object.bits, context.value) % uses_max;
  while (uses_[at].count != 0 && (uses_[at].object != object || uses_[at].context != context))
    at = (at + 1) % uses_max;
  Use& use = uses_[at];
  if (use.count == 0) {
    if (use_count_ == uses_kept) {
      crowded_ = true;
      return;
    }
    ++use_count_;
    use.object = object;
    use.context = context;
  }
  use.writes = use.writes || writes;
  use.count += count;
}

void Census::gather(const Census& other) {
  executions_ += other.executions_;
  for (std::size_t id = 0; id < contexts_max; ++id) {
    steps_[id] += other.steps_[id];
    if (other.creators_[id] == 0) continue;
    creators_[id] =
        creators_[id] == 0 ? other.creators_[id] : std::min(creators_[id], other.creators_[id]);
  }
  crowded_ = crowded_ || other.crowded_;
  for (const Use& seen : other.uses_)
    if (seen.count != 0) use(seen.object, seen.context, seen.writes, seen.count);
}

std::uint32_t Census::mean(std::uint64_t sum) const {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>((sum + executions_ - 1) / executions_, mean_max));
}

void Census::conclude(Profile& profile) const {
  if (executions_ == 0) return;
  profile = {};
  profile.known_ = true;
  for (std::size_t id = 0; id < contexts_max; ++id) {
    profile.steps_of_[id] = mean(steps_[id]);
    profile.steps_ += profile.steps_of_[id];
    profile.parents_[id] =
        creators_[id] == 0 ? no_context : ContextId{static_cast<std::uint16_t>(creators_[id] - 1)};
  }
  if (!crowded_) conclude_objects(profile);
}

void Census::conclude_objects(Profile& profile) const {
  std::vector<Use> uses;
  for (const Use& use : uses_)
    if (use.count != 0) uses.push_back(use);
  const auto place = [](const Use& use) { return std::pair(use.object, use.context); };
  std::sort(uses.begin(), uses.end(),
            [&](const Use& a, const Use& b) { return place(a) < place(b); });

  std::vector<ObjectProfile> shared;
  for (std::size_t first = 0; first < uses.size();) {
    ObjectProfile object{uses[first].object};
    bool written = false;
    std::size_t next = first;
    for (; next < uses.size() && uses[next].object == object.object; ++next) {
      constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
      const std::uint32_t count = std::min(mean(uses[next].count), most);
      object.uses[uses[next].context.value] = static_cast<std::uint16_t>(count);
      object.total += count;
      written = written || uses[next].writes;
    }
    if (written && next - first > 1) shared.push_back(object);
    first = next;
  }
  std::stable_sort(
      shared.begin(), shared.end(),
      [](const ObjectProfile& a, const ObjectProfile& b) { return a.total > b.total; });
  profile.object_count_ = std::min(shared.size(), Profile::objects_max);
  std::copy_n(shared.begin(), profile.object_count_, profile.objects_.begin());
}

}  // namespace heddle::sim
