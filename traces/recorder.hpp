// Writes down one execution in full, for showing: every event with names instead of addresses, and
// the choices as a trace stores them. For replays only: it allocates and formats.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/machine/machine.hpp"
#include "traces/describe.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

/// What comes before what, whatever the schedule: a vector clock for each context. The recorder
/// asks it and knows no checker.
class CausalOrder {
 public:
  virtual ~CausalOrder() = default;
  /// The clock of a context now, by ContextId: up to which of its own times each context is known
  /// to have come before. The context's own entry is its time; 0 stands for nothing.
  virtual std::vector<std::uint32_t> clock(sim::ContextId id) const = 0;
};

/// A context, by ContextId.
struct RecordedContext {
  std::string name;
  sim::Cpu cpu{};
  sim::Level level = sim::Level::task;
  std::string host;  ///< "" where it is on none
  /// On no CPU of the machine: what brings hosts down, what settles the world; among hosts the
  /// set-up, too.
  bool is_outside = false;
};

/// Something that a context did: an event, or a plain access that a finding is about.
struct RecordedEvent {
  sim::Event event;
  std::string object;          ///< its name; "" for no_object
  std::string value;           ///< of reads, writes, allocations: as shown; "" if there is none
  std::string text;            ///< Event::text
  bool takes_step = false;     ///< the first event of a step
  bool is_preemption = false;  ///< it was chosen though the one who stepped before could go on
  // The rest is noted with a CausalOrder only.
  bool is_aside = false;             ///< a plain access that no finding is about, of shared memory
  std::uint32_t time = 0;            ///< the context's own; later events have no smaller one
  std::vector<std::uint32_t> clock;  ///< what the context knows after it, by ContextId
  std::vector<sim::Place> calls;     ///< the calls that it happens in, innermost first
};

/// Somebody who could have taken a step, and with what.
struct RecordedOption {
  sim::ContextId context;
  sim::EventKind kind = sim::EventKind::yield;
  std::string object;
  sim::Place place;
};

/// A choice and the ways that were not taken.
struct RecordedPoint {
  sim::StepIndex step = 0;  ///< that was chosen; other reasons: in which it was chosen
  sim::Reason reason = sim::Reason::schedule;
  std::uint32_t arity = 0;
  std::uint32_t value = 0;              ///< other reasons: the way taken
  std::vector<RecordedOption> options;  ///< Reason::schedule: the others who could step
};

/// One of a finding's actors in words.
struct RecordedActor {
  std::string text;    ///< "adder.2 writes x at models/m.cpp:41 (add)"
  std::string object;  ///< "x"; "" for no_object
};

/// A finding in words.
struct RecordedFinding {
  sim::Finding finding;
  std::string message;   ///< one line, PlaceStyle::full
  std::string headline;  ///< the same, PlaceStyle::function: for traces
  std::string fingerprint;
  std::string detail;                 ///< what exactly is wrong
  std::vector<RecordedActor> actors;  ///< in the finding's order
  std::size_t before_event = 0;       ///< index of the event that came next
};

struct Recording {
  std::vector<RecordedContext> contexts;
  std::vector<RecordedEvent> events;  ///< in the order in which they happened
  std::vector<Choice> choices;
  std::vector<RecordedFinding> findings;
  std::vector<RecordedPoint> points;  ///< by step; with a CausalOrder only
  sim::Outcome outcome = sim::Outcome::finished;
  sim::StepIndex steps = 0;
  std::uint64_t switches = 0;     ///< steps by another context than the step before
  std::uint64_t preemptions = 0;  ///< as bounds count them (sim/explore/preemption.hpp)
  std::uint64_t interrupts = 0;   ///< handlers that started
  std::uint64_t faults = 0;       ///< what failed, was lost, went down or came up again
};

/// Use: Recorder recorder(chooser); machine.attach(recorder); machine.run(setup, recorder, …);
/// recorder.recording(). Attach it after the checkers.
class Recorder final : public sim::Observer, public sim::Chooser {
 public:
  /// `chooser` makes the choices and outlives the recorder, as does `order`. With an order it also
  /// notes what a page shows: clocks, calls, plain accesses of what is shared, ways not taken.
  explicit Recorder(sim::Chooser& chooser, const CausalOrder* order = nullptr)
      : chooser_(chooser), order_(order) {}

  /// What was recorded, up to now if the execution still runs.
  /// @pre the machine has not begun another execution.
  Recording recording() const;

  sim::ContextId schedule(const sim::SchedulePoint& point) override;
  std::uint32_t value(sim::Reason reason, std::uint32_t arity) override;

  sim::EventMask events() const override { return sim::EventMask::all(); }
  bool wants_accesses() const override { return true; }
  void begin(sim::Machine& machine) override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  void access(sim::Machine& machine, const sim::Access& access) override;
  void end(sim::Machine& machine, sim::Outcome outcome) override;

 private:
  struct RawChoice {
    Choice choice;
    sim::ContextId context;
    ObjectName object;
  };
  struct RawEvent {
    sim::Event event;
    ObjectName object;
    std::string value;
    std::string text;
    bool takes_step = false;
    bool is_preemption = false;
    std::uint32_t time = 0;
    std::uint32_t calls = 0;
    std::vector<std::uint32_t> clock;
  };
  /// A plain access; most are of no interest, so it is kept small.
  struct RawAccess {
    sim::Access access;
    sim::StepIndex step = 0;
    std::uint64_t value = 0;
    std::size_t before_event = 0;  // index of the event that came next
    std::uint32_t time = 0;
    std::uint32_t calls = 0;
    bool has_value = false;
  };
  struct RawOption {
    RecordedOption option;
    ObjectName object;
  };
  struct RawPoint {
    RecordedPoint point;
    std::vector<RawOption> options;
  };
  /// Who uses a word of memory.
  struct Users {
    sim::ContextSet readers;
    sim::ContextSet writers;
    std::size_t last_set_up = ~std::size_t{0};  // the access that left its first value
  };
  using Sharing = std::map<std::uintptr_t, Users>;
  enum class Unsettled : std::uint8_t { nothing, event, access };

  RecordedContext recorded(const sim::Context& context) const;
  void notice_findings(const sim::Machine& machine);
  void settle_write(const sim::Machine& machine);
  void expect_write(Unsettled what, sim::ContextId writer);
  void note_causes(const sim::Machine& machine, RawEvent& raw);
  void note_point(const sim::SchedulePoint& point, sim::ContextId chosen);
  std::uint32_t calls_of(const sim::Context& context);
  Sharing sharing() const;
  bool is_shared(const Sharing& sharing, std::size_t access) const;
  bool concerns_finding(const RawAccess& raw) const;
  void add_events(Recording& recording, std::vector<std::size_t>& position) const;
  void add_points(Recording& recording) const;
  RecordedEvent shown(const RawAccess& raw) const;
  RecordedEvent shown(const RawEvent& raw) const;

  sim::Chooser& chooser_;
  const CausalOrder* order_;
  const sim::Machine* machine_ = nullptr;
  sim::Outcome outcome_ = sim::Outcome::finished;
  std::vector<RawChoice> choices_;
  std::vector<RawEvent> events_;
  std::vector<RawAccess> accesses_;
  std::vector<RawPoint> points_;
  std::vector<std::vector<sim::Place>> calls_;  // each stack once; calls_[0] is empty
  std::map<std::vector<sim::Place>, std::uint32_t> calls_index_;
  std::array<std::uint32_t, sim::contexts_max> times_{};  // own times after the last event
  std::vector<std::size_t> findings_;         // index in events_ of what came next, by finding
  std::uint64_t unsettled_returns_ = 0;       // of its context, before it wrote
  Unsettled unsettled_ = Unsettled::nothing;  // which of the two wrote last, and what is not known
  bool preempts_ = false;                     // the step that was chosen last is a preemption
  sim::StepIndex last_step_ = 0;              // that an event was of
  sim::ContextId last_context_ = sim::no_context;
  std::uint64_t switches_ = 0;
  std::uint64_t preemptions_ = 0;
  std::uint64_t interrupts_ = 0;
  std::uint64_t faults_ = 0;
};

}  // namespace heddle::traces
