#include "sim/explore/worker.hpp"

#include <algorithm>

#include "sim/core/rng.hpp"
#include "sim/explore/branches.hpp"
#include "sim/explore/checkpoint.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {
namespace {

// Few enough that workers end a phase together, enough that they seldom meet at the counter.
constexpr std::uint64_t batch = 8;

// The rest of a message is for what goes with the trace.
constexpr std::size_t trace_bytes_max = wire::message_bytes_max / 2;

// Seldom enough that what it costs does not matter.
constexpr std::uint64_t measured_every = 64;

constexpr std::size_t no_slot = WorkerBlock::slots_max;

/// Findings with equal keys are not told apart. Places and texts lie at the same addresses in all
/// workers of a campaign, as those are forks of one process.
std::uint64_t key_of(const Finding& finding) {
  std::uint64_t key = mix(static_cast<std::uint64_t>(finding.kind), finding.actor_count);
  key = mix(key, reinterpret_cast<std::uintptr_t>(finding.detail));
  for (std::size_t i = 0; i < finding.actor_count; ++i) key = mix(key, finding.actors[i].place.pc);
  return key;
}

}  // namespace

wire::Writer& write(wire::Writer& writer, const Report& report) {
  writer.number(static_cast<std::uint64_t>(report.kind))
      .text(report.fingerprint)
      .text(report.message)
      .text(report.trace)
      .number(report.places.size());
  for (const ReportPlace& place : report.places)
    writer.text(place.text).text(place.function).text(place.file).number(place.line);
  return writer;
}

bool read(wire::Reader& reader, Report& report) {
  const std::uint64_t kind = reader.number();
  report.fingerprint = reader.text();
  report.message = reader.text();
  report.trace = reader.text();
  report.kind = static_cast<FindingKind>(kind);
  const std::uint64_t places = reader.number();
  report.places.clear();
  for (std::uint64_t i = 0; i < places && reader.ok(); ++i) {
    ReportPlace place{reader.text(), reader.text(), reader.text(), 0};
    place.line = static_cast<std::uint32_t>(reader.number());
    report.places.push_back(std::move(place));
  }
  return reader.ok() && kind < finding_kind_count;
}

Worker::Worker(Subject& subject, Strategy& strategy, const CampaignOptions& options,
               CampaignControl& control, WorkerBlock& block, ChoiceLog log, int socket)
    : subject_(subject),
      strategy_(strategy),
      options_(options),
      control_(control),
      block_(block),
      log_(log),
      socket_(socket) {}

void Worker::run(BranchLeader* leader) {
  using State = WorkerBlock::State;
  if (block_.state == State::lost) strategy_.end(Outcome::stopped);
  block_.state = State::idle;
  for (;;) {
    switch (take_work()) {
      case Next::execute: {
        const std::uint64_t ordinal = block_.taken;
        execute(ordinal);
        if (strategy_.diverged()) {
          wire::Writer(wire::Type::done).number(2).send(socket_);
          return;
        }
        if (leader != nullptr) leader->go_on();
        break;
      }
      case Next::phase_over:
        if (!await_phase()) return;
        break;
      case Next::finished:
        measure();
        wire::Writer(wire::Type::done).number(strategy_.has_next() ? 0 : 1).send(socket_);
        return;
    }
  }
}

Worker::Next Worker::take_work() {
  if (control_.stop.load(std::memory_order_relaxed) || !strategy_.has_next()) return Next::finished;
  if (block_.taken == block_.taken_end) {
    const std::uint64_t taken = control_.next.fetch_add(batch);
    const std::uint64_t phase_end = control_.phase_end;
    const std::uint64_t end = control_.end;
    if (taken >= phase_end && phase_end < end) return Next::phase_over;
    if (taken >= end) return Next::finished;
    block_.taken = taken;
    block_.taken_end = std::min(taken + batch, phase_end);
  }
  return block_.taken < control_.end ? Next::execute : Next::finished;
}

void Worker::execute(std::uint64_t ordinal) {
  using State = WorkerBlock::State;
  constexpr auto relaxed = std::memory_order_relaxed;
  block_.choices = 0;
  block_.ordinal.store(ordinal, relaxed);
  block_.state.store(State::executing, std::memory_order_release);
  block_.taken = ordinal + 1;
  const Outcome outcome = subject_.run(strategy_.begin(index_of(ordinal)), log_);
  block_.state.store(State::deciding, relaxed);
  strategy_.end(outcome);
  block_.counts.add(outcome, strategy_.beyond_bound());
  block_.state.store(State::idle, relaxed);
  if (block_.choices > block_.depth.load(relaxed)) block_.depth.store(block_.choices, relaxed);
  if (block_.taken % measured_every == 0) measure();
  tell_facts();
  if (!subject_.findings().empty()) count_findings(ordinal);
  if (control_.checkpoint.exchange(false, relaxed)) tell_checkpoint();
}

/// How far this worker has come: what it has counted, and the search. One that is too long is not
/// sent, and so not kept.
void Worker::tell_checkpoint() {
  wire::Writer message(wire::Type::checkpoint);
  message.number(slot_by_fingerprint_.size());
  for (std::size_t i = 0; i < slot_by_fingerprint_.size(); ++i)
    message.number(block_.slots[i].count);
  message.text(progress_bytes(block_, strategy_)).send(socket_);
}

void Worker::measure() {
  block_.share_done.store(strategy_.share_done(), std::memory_order_relaxed);
}

void Worker::tell_facts() {
  if (!options_.phases) return;
  subject_.take_facts(facts_);
  for (const std::string& fact : facts_) wire::Writer(wire::Type::fact).text(fact).send(socket_);
  facts_.clear();
}

void Worker::count_findings(std::uint64_t ordinal) {
  // A copy, as describing one finding replaces the execution.
  findings_.assign(subject_.findings().begin(), subject_.findings().end());
  for (const Finding& finding : findings_) {
    const std::uint64_t key = key_of(finding);
    const auto known = slot_by_key_.find(key);
    std::size_t slot = no_slot;
    if (known != slot_by_key_.end()) {
      slot = known->second;
    } else {
      block_.state = WorkerBlock::State::describing;
      slot = describe(finding, ordinal);
      slot_by_key_.emplace(key, slot);
      block_.state = WorkerBlock::State::idle;
    }
    if (slot == no_slot || block_.slots[slot].counted == ordinal + 1) continue;
    block_.slots[slot].counted = ordinal + 1;
    ++block_.slots[slot].count;
  }
}

std::size_t Worker::describe(const Finding& finding, std::uint64_t ordinal) {
  const std::uint64_t index = index_of(ordinal);
  Report report = subject_.describe(finding, index, {log_.entries, block_.choices});
  const auto known = slot_by_fingerprint_.find(report.fingerprint);
  if (known != slot_by_fingerprint_.end()) return known->second;
  const std::size_t slot = slot_by_fingerprint_.size();
  if (slot == no_slot) {
    ++block_.findings_dropped;
    return no_slot;
  }
  slot_by_fingerprint_.emplace(report.fingerprint, slot);
  if (report.trace.size() > trace_bytes_max) {
    report.trace.clear();
    report.message += " (its trace is too large to be kept)";
  }
  wire::Writer message(wire::Type::finding);
  message.number(slot).number(ordinal);
  write(message, report).send(socket_);
  return slot;
}

bool Worker::await_phase() {
  wire::Writer(wire::Type::phase_done).send(socket_);
  wire::Inbox inbox;
  for (;;) {
    while (auto message = inbox.next()) {
      if (message->type() != wire::Type::phase) return false;
      std::vector<std::string> facts(message->number());
      for (std::string& fact : facts) fact = message->text();
      subject_.begin_phase(facts);
      return true;
    }
    if (!inbox.receive(socket_)) return false;
  }
}

}  // namespace heddle::sim
