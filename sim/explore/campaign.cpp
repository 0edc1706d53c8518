// The parent's side of a campaign: starts workers, listens to them, notices when one is lost.
#include "sim/explore/campaign.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include <poll.h>

#include "sim/core/check.hpp"
#include "sim/explore/branches.hpp"
#include "sim/explore/checkpoint.hpp"
#include "sim/explore/station.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {
namespace {

using Clock = Station::Clock;
using State = WorkerBlock::State;

constexpr std::uint64_t unlimited = ~std::uint64_t{0};
constexpr int tick_ms = 50;
constexpr double progress_s = 0.1;
constexpr double stop_grace_s = 2;         // for the execution that runs when the campaign ends
constexpr double describe_cpu_s = 60;      // symbols of a large program are read on the way
constexpr double silent_wall_factor = 10;  // a process that sleeps for ever uses no CPU time
constexpr std::uint32_t workers_lost_max = 200;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

class Campaign {
 public:
  Campaign(Subject& subject, const CampaignOptions& options);
  CampaignResult run();

 private:
  void split_search();
  void work_at(Station& station, int socket);
  void start(Station& station);
  void listen();
  void hear(Station& station);
  void take(Station& station, wire::Reader message);
  void ended(Station& station);
  void lost(Station& station, Death death);
  void helper_lost(Station& station);
  void send_helpers_home();
  void report_death(Station& station, Death death);
  void harvest(Station& station);
  void found(const Report& report, std::uint64_t ordinal, std::uint64_t count);
  bool is_enough(const Report& report) const { return options_.enough && options_.enough(report); }
  void check_limits();
  void check_heartbeat(Station& station, Clock::time_point now);
  void stop();
  void next_phase_if_all_wait();
  Strategy& gathered_strategy();
  std::uint64_t phase_end(std::uint64_t border) const;
  std::uint64_t ordinals_below(std::uint64_t count) const;
  std::uint64_t index_of(std::uint64_t ordinal) const {
    return options_.first + options_.shard + ordinal * options_.shards;
  }
  Counts counts() const;
  Progress progress() const;
  void tell_progress();
  bool go_on();
  bool take_checkpoint(Station& station, wire::Reader& message);
  void tell_checkpoint(std::string progress);
  void tell_last_checkpoint();
  CampaignResult finish();

  Subject& subject_;
  const CampaignOptions& options_;
  SharedMemory control_memory_;
  CampaignControl& control_;
  std::vector<std::unique_ptr<Station>> stations_;
  BranchExchange exchange_{control_};
  std::map<std::string, Found> found_;  // by fingerprint
  std::set<std::string> learned_;
  std::vector<std::string> phase_facts_;
  std::uint64_t phase_border_ = first_phase_border;
  std::uint64_t budget_ = 0;  // ordinals
  std::uint32_t helpers_lost_ = 0;
  Clock::time_point started_ = Clock::now();
  Clock::time_point stopped_{};
  Clock::time_point progress_told_{};
  Clock::time_point checkpoint_told_ = started_;
  CampaignResult result_;
};

Campaign::Campaign(Subject& subject, const CampaignOptions& options)
    : subject_(subject),
      options_(options),
      control_memory_(sizeof(CampaignControl)),
      control_(*new(control_memory_.data()) CampaignControl) {
  HEDDLE_CHECK(options.shards != 0 && options.shard < options.shards,
               "a shard is one of 0 to shards - 1");
  HEDDLE_CHECK(options.strategy != nullptr, "a campaign has a strategy");
  phase_facts_ = options.facts;
  learned_.insert(options.facts.begin(), options.facts.end());
  budget_ = options.executions == 0 ? unlimited : ordinals_below(options.executions);
  control_.end = budget_;
  control_.phase_end = phase_end(phase_border_);

  const auto add_station = [&] {
    auto& station = stations_.emplace_back(std::make_unique<Station>(options.choices_max));
    station->strategy = &options.strategy(station->resource);
    if (!options.knowledge.empty()) station->strategy->know(options.knowledge);
    return station->strategy->is_indexed();
  };
  const bool is_indexed = add_station();
  const bool is_split = !is_indexed && options.split && options.executions == 0;
  const std::uint32_t jobs = is_indexed || is_split ? std::max(options.jobs, 1u) : 1;
  HEDDLE_CHECK(stations_.front()->strategy->is_indexed() || options.shards == 1,
               "only executions that depend on their index alone are dealt out to shards");
  while (stations_.size() < jobs) add_station();
  if (is_split && jobs > 1) split_search();
}

/// The first station leads, the others help.
void Campaign::split_search() {
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    stations_[i]->number = i;
    stations_[i]->split = dynamic_cast<SplitSearch*>(stations_[i]->strategy);
    HEDDLE_CHECK(stations_[i]->split != nullptr, "only searches that can be split are");
  }
  Station& leader = *stations_.front();
  leader.scratch = dynamic_cast<SplitSearch*>(&options_.strategy(leader.resource));
}

void Campaign::work_at(Station& station, int socket) {
  subject_.begin_phase(phase_facts_);
  if (station.is_helper()) {
    help_with_branches(subject_, *station.split, control_, *station.block, station.log, socket);
    return;
  }
  Worker worker(subject_, *station.strategy, options_, control_, *station.block, station.log,
                socket);
  if (station.split == nullptr) return worker.run(nullptr);
  BranchLeader leader(*station.split, *station.scratch, control_, *station.block, socket);
  worker.run(&leader);
}

/// How many of this shard's executions are among the first `count` ones.
std::uint64_t Campaign::ordinals_below(std::uint64_t count) const {
  if (count <= options_.shard) return 0;
  return (count - options_.shard - 1) / options_.shards + 1;
}

std::uint64_t Campaign::phase_end(std::uint64_t border) const {
  return options_.phases ? std::min(budget_, ordinals_below(border)) : budget_;
}

CampaignResult Campaign::run() {
  if (!options_.checkpoint.empty() && !go_on()) {
    result_.unreadable = true;
    return std::move(result_);
  }
  for (auto& station : stations_) start(*station);
  const auto works = [](const auto& station) { return !station->finished; };
  while (std::any_of(stations_.begin(), stations_.end(), works)) {
    listen();
    check_limits();
    if (stations_.front()->finished) send_helpers_home();
    next_phase_if_all_wait();
    tell_progress();
  }
  return finish();
}

void Campaign::start(Station& station) {
  station.inbox = {};
  station.open = true;
  station.waiting = station.done = station.hangs = station.cut = false;
  station.beat_time = Clock::now();
  station.beat_cpu_s = 0;
  station.child = std::make_unique<Child>([&](int socket) { work_at(station, socket); });
  if (station.is_helper())
    exchange_.helper_starts(station.number - 1, station.child->socket(), *station.block);
  else if (station.split != nullptr)
    exchange_.leader_starts(station.child->socket());
}

void Campaign::listen() {
  std::vector<pollfd> sockets;
  std::vector<Station*> stations;
  for (auto& station : stations_) {
    if (station->finished) continue;
    sockets.push_back({station->child->socket(), POLLIN, 0});
    stations.push_back(station.get());
  }
  if (poll(sockets.data(), sockets.size(), tick_ms) <= 0) return;
  for (std::size_t i = 0; i < sockets.size(); ++i)
    if (sockets[i].revents != 0) hear(*stations[i]);
}

void Campaign::hear(Station& station) {
  station.open = station.inbox.receive(station.child->socket());
  while (auto message = station.inbox.next()) take(station, *message);
  if (station.inbox.broken()) station.child->kill();
  if (!station.open) ended(station);
}

void Campaign::take(Station& station, wire::Reader message) {
  if (station.is_helper()) {
    if (!exchange_.take_helpers(station.number - 1, message)) station.child->kill();
    return;
  }
  switch (message.type()) {
    case wire::Type::finding: {
      const std::uint64_t slot = message.number();
      const std::uint64_t ordinal = message.number();
      Report report;
      if (!read(message, report) || slot != station.slot_fingerprints.size()) break;
      station.slot_fingerprints.push_back(report.fingerprint);
      found(report, ordinal, 0);
      return;
    }
    case wire::Type::fact: {
      std::string fact = message.text();
      if (!message.ok()) break;
      learned_.insert(std::move(fact));
      return;
    }
    case wire::Type::phase_done:
      station.waiting = true;
      return;
    case wire::Type::done: {
      const std::uint64_t how = message.number();
      if (!message.ok()) break;
      station.done = true;
      result_.exhausted = result_.exhausted || how == 1;
      if (how == 2) {
        result_.diverged = true;
        stop();
      }
      return;
    }
    case wire::Type::checkpoint:
      if (!take_checkpoint(station, message)) break;
      return;
    case wire::Type::offer:
    case wire::Type::want:
    case wire::Type::drop:
      if (station.split == nullptr || !exchange_.take_leaders(message)) break;
      return;
    case wire::Type::explored:
    case wire::Type::phase:
    case wire::Type::bytes:
    case wire::Type::count_:
      break;
  }
  // No worker of ours sends this: the code under test has written over it.
  station.child->kill();
}

void Campaign::found(const Report& report, std::uint64_t ordinal, std::uint64_t count) {
  const std::uint64_t index = index_of(ordinal);
  const auto [at, is_new] = found_.try_emplace(report.fingerprint);
  Found& known = at->second;
  known.count += count;
  if (is_new || index < known.first_index) {
    known.report = report;
    known.first_index = index;
    if (options_.on_finding) options_.on_finding(known);
  }
  // Executions of lower index go on, so that it is the first finding that comes out.
  if (is_enough(report)) control_.end = std::min(control_.end.load(), ordinal + 1);
}

void Campaign::harvest(Station& station) {
  for (std::size_t i = 0; i < station.slot_fingerprints.size(); ++i)
    found_.at(station.slot_fingerprints[i]).count += station.block->slots[i].count;
  station.slot_fingerprints.clear();
  station.block->slots.fill({});
}

void Campaign::ended(Station& station) {
  const std::optional<Death> death = station.child->wait();
  harvest(station);
  if ((station.done && !death) || station.cut) {
    station.finished = true;
  } else if (death && death->cause == Death::Cause::exit && death->number == exit_our_bug) {
    result_.internal_error = true;
    station.finished = true;
    stop();
  } else {
    lost(station, station.hangs ? Death{Death::Cause::hang, 0}
                                : death.value_or(Death{Death::Cause::exit, 0}));
  }
}

void Campaign::send_helpers_home() {
  for (auto& station : stations_) {
    if (!station->is_helper() || station->finished) continue;
    station->cut = true;
    station->child->kill();
  }
}

/// A helper is lost: what it was doing, the leader does.
void Campaign::helper_lost(Station& station) {
  exchange_.helper_is_lost(station.number - 1);
  station.block->state = State::idle;
  ++helpers_lost_;
  if (control_.stop || stations_.front()->finished || helpers_lost_ > workers_lost_max)
    station.finished = true;
  else
    start(station);
}

void Campaign::lost(Station& station, Death death) {
  if (station.is_helper()) return helper_lost(station);
  ++result_.workers_lost;
  const State state = station.block->state;
  station.block->state = State::idle;
  if (state == State::executing) {
    station.block->state = State::lost;
    ++station.block->counts.stopped;
  }
  if (state == State::executing || state == State::describing) report_death(station, death);
  // A search that was interrupted in the middle of deciding what is next cannot be relied on.
  const bool place_lost = state == State::deciding && !station.strategy->is_indexed();
  if (place_lost || result_.workers_lost > workers_lost_max) {
    result_.gave_up = true;
    stop();
  }
  if (control_.stop)
    station.finished = true;
  else
    start(station);
}

void Campaign::report_death(Station& station, Death death) {
  const std::uint64_t ordinal = station.block->ordinal;
  const std::uint64_t made = station.block->choices;
  const std::span<const Choice> choices(station.log.entries,
                                        std::min<std::size_t>(made, station.log.capacity));
  const ChildResult described = call_in_child(
      [&] {
        subject_.begin_phase(phase_facts_);
        wire::Writer writer(wire::Type::bytes);
        write(writer, subject_.describe(death, index_of(ordinal), choices));
        return std::string(writer.payload());
      },
      describe_cpu_s);
  Report report;
  wire::Reader reader(wire::Type::bytes, described.bytes);
  if (described.death || !read(reader, report)) {
    report = {};
    report.kind = FindingKind::crash;
    report.fingerprint = "crash-before-the-last-choice";
    report.message =
        "the process was lost, and once more, at another place, when its choices were "
        "repeated: the code under test is not deterministic";
  }
  found(report, ordinal, 1);
}

void Campaign::stop() {
  if (control_.stop.exchange(true)) return;
  stopped_ = Clock::now();
  exchange_.stop();
}

void Campaign::check_limits() {
  const Clock::time_point now = Clock::now();
  if (options_.time_s > 0 && seconds_between(started_, now) >= options_.time_s && !control_.stop) {
    result_.timed_out = true;
    stop();
  }
  if (options_.stop != nullptr && *options_.stop != 0 && !result_.interrupted) {
    result_.interrupted = true;
    stop();
  }
  if (options_.on_checkpoint && options_.checkpoint_s > 0 &&
      seconds_between(checkpoint_told_, now) >= options_.checkpoint_s) {
    checkpoint_told_ = now;
    control_.checkpoint = true;
  }
  for (auto& station : stations_)
    if (!station->finished) check_heartbeat(*station, now);
}

/// Takes up what an earlier campaign left. @returns false if it is not one of this search.
bool Campaign::go_on() {
  Station& station = *stations_.front();
  Checkpoint checkpoint;
  if (!from_bytes(options_.checkpoint, checkpoint) ||
      !take_progress(checkpoint.progress, *station.block, *station.strategy))
    return false;
  control_.next = station.block->taken;
  for (Found& found : checkpoint.findings) {
    const std::string fingerprint = found.report.fingerprint;
    found_.emplace(fingerprint, std::move(found));
  }
  return true;
}

bool Campaign::take_checkpoint(Station& station, wire::Reader& message) {
  std::vector<std::uint64_t> counts(station.slot_fingerprints.size());
  if (message.number() != counts.size()) return false;
  for (std::uint64_t& count : counts) count = message.number();
  std::string progress = message.text();
  if (!message.ok()) return false;
  // What this worker counts comes to the others' only when it ends.
  for (std::size_t i = 0; i < counts.size(); ++i)
    found_.at(station.slot_fingerprints[i]).count += counts[i];
  tell_checkpoint(std::move(progress));
  for (std::size_t i = 0; i < counts.size(); ++i)
    found_.at(station.slot_fingerprints[i]).count -= counts[i];
  return true;
}

void Campaign::tell_checkpoint(std::string progress) {
  Checkpoint checkpoint;
  for (const auto& [fingerprint, found] : found_) checkpoint.findings.push_back(found);
  checkpoint.progress = std::move(progress);
  options_.on_checkpoint(to_bytes(checkpoint));
}

/// Where the search stands when nobody executes any more; nowhere if it cannot be relied on.
void Campaign::tell_last_checkpoint() {
  Station& station = *stations_.front();
  if (!options_.on_checkpoint || station.strategy->is_indexed() || result_.internal_error ||
      result_.gave_up || result_.diverged)
    return;
  if (station.block->state == State::lost) {
    station.strategy->end(Outcome::stopped);
    station.block->state = State::idle;
  }
  if (station.block->state != State::idle) return;
  tell_checkpoint(progress_bytes(*station.block, *station.strategy));
}

void Campaign::check_heartbeat(Station& station, Clock::time_point now) {
  const State state = station.block->state;
  const std::uint64_t ordinal = station.block->ordinal;
  const std::uint64_t choices = station.block->choices;
  const double cpu_s = station.child->cpu_s();
  if (ordinal != station.beat_ordinal || choices != station.beat_choices || state == State::idle) {
    station.beat_ordinal = ordinal;
    station.beat_choices = choices;
    station.beat_cpu_s = cpu_s;
    station.beat_time = now;
    return;
  }
  const bool is_describing = state == State::describing;
  const double wall_s = seconds_between(station.beat_time, now);
  if (control_.stop && !is_describing &&
      std::min(wall_s, seconds_between(stopped_, now)) > stop_grace_s) {
    station.cut = true;
    station.child->kill();
    return;
  }
  const double limit_s = is_describing ? describe_cpu_s : options_.hang_cpu_s;
  if (cpu_s - station.beat_cpu_s < limit_s && wall_s < silent_wall_factor * limit_s) return;
  station.hangs = true;
  station.child->kill();
}

void Campaign::next_phase_if_all_wait() {
  bool any = false;
  for (auto& station : stations_) {
    if (station->finished) continue;
    if (!station->waiting && !station->done) return;
    any = any || station->waiting;
  }
  if (!any) return;
  const std::string knowledge = gathered_strategy().knowledge();
  for (auto& station : stations_) station->strategy->know(knowledge);
  control_.next = control_.phase_end.load();
  do {
    phase_border_ *= phase_growth;
  } while (phase_end(phase_border_) <= control_.phase_end);
  control_.phase_end = phase_end(phase_border_);
  phase_facts_.assign(learned_.begin(), learned_.end());
  for (auto& station : stations_) {
    if (station->finished || !station->waiting) continue;
    station->waiting = false;
    wire::Writer message(wire::Type::phase);
    message.number(phase_facts_.size());
    for (const std::string& fact : phase_facts_) message.text(fact);
    message.send(station->child->socket());
  }
}

/// The first station's strategy, with all that the others have observed in this phase. It lies in
/// shared memory; @pre nobody executes.
Strategy& Campaign::gathered_strategy() {
  Strategy& all = *stations_.front()->strategy;
  for (std::size_t i = 1; i < stations_.size(); ++i) all.gather(*stations_[i]->strategy);
  return all;
}

Counts Campaign::counts() const {
  Counts sum;
  for (const auto& station : stations_) sum += station->block->counts;
  return sum;
}

void Campaign::tell_progress() {
  const Clock::time_point now = Clock::now();
  if (!options_.on_progress || seconds_between(progress_told_, now) < progress_s) return;
  progress_told_ = now;
  options_.on_progress(progress());
}

Progress Campaign::progress() const {
  Progress now;
  now.counts = counts();
  now.executions_max = budget_ == unlimited ? 0 : budget_;
  now.findings = found_.size();
  for (const auto& station : stations_)
    now.depth = std::max<std::uint64_t>(now.depth, station->block->depth);
  // A search has one worker.
  now.share_done = stations_.front()->block->share_done;
  now.seconds = seconds_between(started_, Clock::now());
  return now;
}

CampaignResult Campaign::finish() {
  Progress last = progress();
  result_.counts = last.counts;
  result_.depth = last.depth;
  result_.share_done = last.share_done;
  result_.seconds = last.seconds;
  result_.facts.assign(learned_.begin(), learned_.end());
  const Strategy& strategy = gathered_strategy();
  result_.knowledge = strategy.knowledge();
  result_.coverage = strategy.coverage();
  result_.states = strategy.states();
  for (const auto& station : stations_)
    result_.findings_dropped += station->block->findings_dropped;
  tell_last_checkpoint();
  for (auto& [fingerprint, found] : found_) result_.findings.push_back(std::move(found));
  const auto place = [](const Found& f) { return std::tie(f.first_index, f.report.fingerprint); };
  std::sort(result_.findings.begin(), result_.findings.end(),
            [&](const Found& a, const Found& b) { return place(a) < place(b); });
  const auto last_one =
      std::ranges::find_if(result_.findings, [&](const Found& f) { return is_enough(f.report); });
  if (last_one != result_.findings.end()) {
    const std::uint64_t end = last_one->first_index;
    std::erase_if(result_.findings, [&](const Found& f) { return f.first_index > end; });
  }
  progress_told_ = {};
  last.findings = result_.findings.size();
  if (options_.on_progress) options_.on_progress(last);
  return std::move(result_);
}

}  // namespace

CampaignResult run_campaign(Subject& subject, const CampaignOptions& options) {
  return Campaign(subject, options).run();
}

}  // namespace heddle::sim
