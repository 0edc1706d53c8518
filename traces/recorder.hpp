// Writes down one execution in full, for showing: every event with names instead of addresses, and
// the choices as a trace stores them. For replays only: it allocates and formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/machine/machine.hpp"
#include "traces/describe.hpp"
#include "traces/trace.hpp"

namespace heddle::traces {

/// A context, by ContextId.
struct RecordedContext {
  std::string name;
  sim::Cpu cpu{};
  sim::Level level = sim::Level::task;
};

/// Something that a context did: an event, or a plain access that a finding is about.
struct RecordedEvent {
  sim::Event event;
  std::string object;          ///< its name; "" for no_object
  std::string value;           ///< of reads, writes, allocations: as shown; "" if there is none
  std::string text;            ///< Event::text
  bool takes_step = false;     ///< the first event of a step
  bool is_preemption = false;  ///< the one who stepped before could have gone on
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
  sim::Outcome outcome = sim::Outcome::finished;
  sim::StepIndex steps = 0;
  std::uint64_t switches = 0;     ///< steps by another context than the step before
  std::uint64_t preemptions = 0;  ///< choices of another context than the last, which could go on
  std::uint64_t interrupts = 0;   ///< handlers that started
};

/// Use: Recorder recorder(chooser); machine.attach(recorder); machine.run(setup, recorder, …);
/// recorder.recording(). Attach it after the checkers.
class Recorder final : public sim::Observer, public sim::Chooser {
 public:
  /// `chooser` makes the choices and outlives the recorder.
  explicit Recorder(sim::Chooser& chooser) : chooser_(chooser) {}

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
  };
  /// A plain access; most are of no interest, so it is kept small.
  struct RawAccess {
    sim::Access access;
    sim::StepIndex step = 0;
    std::uint64_t value = 0;
    std::size_t before_event = 0;  // index of the event that came next
    bool has_value = false;
  };
  enum class Unsettled : std::uint8_t { nothing, event, access };

  void notice_findings(const sim::Machine& machine);
  void settle_write(const sim::Machine& machine);
  bool concerns_finding(const RawAccess& raw) const;
  RecordedEvent shown(const RawAccess& raw) const;
  RecordedEvent shown(const RawEvent& raw) const;

  sim::Chooser& chooser_;
  const sim::Machine* machine_ = nullptr;
  sim::Outcome outcome_ = sim::Outcome::finished;
  std::vector<RawChoice> choices_;
  std::vector<RawEvent> events_;
  std::vector<RawAccess> accesses_;
  std::vector<std::size_t> findings_;         // index in events_ of what came next, by finding
  Unsettled unsettled_ = Unsettled::nothing;  // which of the two wrote last, and what is not known
  bool preempts_ = false;                     // the step that was chosen last is a preemption
  sim::StepIndex last_step_ = 0;              // that an event was of
  sim::ContextId last_context_ = sim::no_context;
  std::uint64_t switches_ = 0;
  std::uint64_t preemptions_ = 0;
  std::uint64_t interrupts_ = 0;
};

}  // namespace heddle::traces
