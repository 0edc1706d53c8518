#include "sim/explore/branches.hpp"

#include <algorithm>
#include <utility>

#include "sim/core/check.hpp"
#include "sim/explore/saved.hpp"

namespace heddle::sim {
namespace {

using State = WorkerBlock::State;

/// What a helper has counted in a branch.
struct Tally {
  Counts counts;
  std::uint64_t depth = 0;
};

}  // namespace

// ---- the parent ---------------------------------------------------------------------------------

void BranchExchange::leader_starts(int socket) {
  leader_ = socket;
  wanted_ = 0;
  while (!branches_.empty()) drop(branches_.begin()->first);
  hand_out();
}

void BranchExchange::helper_starts(std::size_t helper, int socket, WorkerBlock& block) {
  if (helpers_.size() <= helper) helpers_.resize(helper + 1);
  helpers_[helper] = {socket, &block, 0};
  hand_out();
}

void BranchExchange::helper_is_lost(std::size_t helper) {
  const std::uint64_t branch = helpers_[helper].branch;
  helpers_[helper] = {};
  if (const auto at = branches_.find(branch); at != branches_.end()) {
    at->second.is_done = true;
    if (wanted_ == branch) answer(branch, "");
  }
}

bool BranchExchange::take_leaders(wire::Reader& message) {
  const std::uint64_t id = message.number();
  switch (message.type()) {
    case wire::Type::offer: {
      Branch branch;
      branch.frame = static_cast<std::uint32_t>(message.number());
      branch.state = message.text();
      if (!message.ok()) return false;
      branches_.emplace(id, std::move(branch));
      break;
    }
    case wire::Type::want: {
      const auto at = branches_.find(id);
      if (at == branches_.end() || !at->second.is_explored_by_some || control_.stop)
        answer(id, "");
      else if (at->second.is_done)
        answer(id, std::string(at->second.result));
      else
        wanted_ = id;
      break;
    }
    case wire::Type::drop:
      drop(id);
      break;
    default:
      return false;
  }
  hand_out();
  return message.ok();
}

bool BranchExchange::take_helpers(std::size_t helper, wire::Reader& message) {
  if (message.type() != wire::Type::explored) return false;
  const std::uint64_t id = message.number();
  std::string result = message.text();
  if (!message.ok() || helpers_[helper].branch != id) return false;
  helpers_[helper].branch = 0;
  if (const auto at = branches_.find(id); at != branches_.end()) {
    at->second.is_done = true;
    at->second.result = std::move(result);
    if (wanted_ == id) answer(id, std::string(at->second.result));
  }
  hand_out();
  return true;
}

void BranchExchange::stop() {
  if (wanted_ != 0) answer(wanted_, "");
}

/// An empty result: the leader explores the branch itself.
void BranchExchange::answer(std::uint64_t id, const std::string& result) {
  wanted_ = 0;
  wire::Writer(wire::Type::explored).number(id).text(result).send(leader_);
  drop(id);
}

void BranchExchange::drop(std::uint64_t id) {
  for (const Helper& helper : helpers_)
    if (helper.branch == id && id != 0) helper.block->dropped = id;
  branches_.erase(id);
}

/// The branches nearest to the root, which are likely to be the largest, go first.
void BranchExchange::hand_out() {
  std::uint32_t idle = 0;
  for (std::size_t i = 0; i < helpers_.size(); ++i) {
    Helper& helper = helpers_[i];
    if (helper.block == nullptr || helper.branch != 0) continue;
    auto best = branches_.end();
    for (auto at = branches_.begin(); at != branches_.end(); ++at)
      if (!at->second.is_explored_by_some &&
          (best == branches_.end() || at->second.frame < best->second.frame))
        best = at;
    if (best == branches_.end()) {
      ++idle;
      continue;
    }
    helper.branch = best->first;
    best->second.is_explored_by_some = true;
    wire::Writer message(wire::Type::offer);
    message.number(best->first).number(best->second.frame).text(best->second.state);
    message.send(helper.socket);
    best->second.state.clear();
  }
  control_.branches_wanted = idle;
}

// ---- the leader ---------------------------------------------------------------------------------

void BranchLeader::go_on() {
  for (auto at = offers_.find(search_.front()); at != offers_.end() && search_.has_next();
       at = offers_.find(search_.front())) {
    const Offer offer = std::move(at->second);
    offers_.erase(at);
    if (offer.branch != search_.branch()) {
      wire::Writer(wire::Type::drop).number(offer.id).send(socket_);
      break;
    }
    if (!take_over(offer)) break;
  }
  if (control_.branches_wanted.load(std::memory_order_relaxed) == 0) return;
  std::uint32_t frame = search_.next_open(1);
  while (frame != 0 && offers_.contains(frame)) frame = search_.next_open(frame + 1);
  if (frame == 0) return;
  control_.branches_wanted = 0;
  offer(frame);
}

void BranchLeader::offer(std::uint32_t frame) {
  wire::Writer state(wire::Type::bytes);
  search_.save(state);
  wire::Reader reader(wire::Type::bytes, state.payload());
  if (!scratch_.load(reader)) return;
  scratch_.enter_next_branch(frame);
  const std::uint64_t id = ++last_id_;
  wire::Writer message(wire::Type::offer);
  message.number(id).number(frame).text(state.payload());
  if (message.send(socket_)) offers_[frame] = {id, scratch_.branch()};
}

/// Waits for what came of the branch. @returns false if it is to be explored here.
bool BranchLeader::take_over(const Offer& offer) {
  wire::Writer(wire::Type::want).number(offer.id).send(socket_);
  for (;;) {
    while (auto message = inbox_.next()) {
      if (message->type() != wire::Type::explored || message->number() != offer.id) continue;
      const std::string result = message->text();
      if (result.empty()) return false;
      wire::Reader reader(wire::Type::bytes, result);
      Tally tally;
      if (!load(reader, tally)) return false;
      block_.state = State::deciding;
      const bool absorbed = search_.absorb(reader);
      HEDDLE_CHECK(absorbed, "a helper's outcome is one of this search");
      block_.counts += tally.counts;
      block_.depth = std::max<std::uint64_t>(block_.depth, tally.depth);
      block_.taken += tally.counts.all();
      block_.taken_end = block_.taken;
      control_.next = block_.taken;
      block_.state = State::idle;
      return true;
    }
    if (!inbox_.receive(socket_)) return false;
  }
}

// ---- helpers ------------------------------------------------------------------------------------

namespace {

/// @returns what the leader takes over; "" if it is to explore the branch itself.
std::string explore_branch(Subject& subject, SplitSearch& search, const CampaignControl& control,
                           WorkerBlock& block, ChoiceLog log, std::uint64_t id) {
  constexpr auto relaxed = std::memory_order_relaxed;
  Tally tally;
  while (search.has_next()) {
    if (control.stop.load(relaxed) || block.dropped.load(relaxed) == id) return "";
    block.choices = 0;
    block.ordinal.fetch_add(1, relaxed);
    block.state = State::executing;
    const Outcome outcome = subject.run(search.begin(0), log);
    block.state = State::idle;
    search.end(outcome);
    tally.counts.add(outcome, search.beyond_bound());
    tally.depth = std::max(tally.depth, std::uint64_t{block.choices});
    if (search.diverged() || !subject.findings().empty()) return "";
  }
  wire::Writer result(wire::Type::bytes);
  save(result, tally);
  return search.save_outcome(result) ? std::string(result.payload()) : "";
}

}  // namespace

void help_with_branches(Subject& subject, SplitSearch& search, CampaignControl& control,
                        WorkerBlock& block, ChoiceLog log, int socket) {
  wire::Inbox inbox;
  for (;;) {
    while (auto message = inbox.next()) {
      const std::uint64_t id = message->number();
      const auto frame = static_cast<std::uint32_t>(message->number());
      const std::string state = message->text();
      wire::Reader reader(wire::Type::bytes, state);
      std::string result;
      if (search.load(reader)) {
        search.enter_next_branch(frame);
        result = explore_branch(subject, search, control, block, log, id);
      }
      wire::Writer(wire::Type::explored).number(id).text(result).send(socket);
    }
    if (!inbox.receive(socket)) return;
  }
}

}  // namespace heddle::sim
