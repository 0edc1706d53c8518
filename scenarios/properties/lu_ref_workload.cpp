#include "scenarios/properties/lu_ref_workload.hpp"

#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "scenarios/properties/generators.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios::lu_ref {
namespace {

using Kind = Step::Kind;

constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::count_)> kind_words = {
    "add",       "add_atomic", "del",    "set_at", "del_at", "print",
    "print_all", "read",       "reread", "init",   "fini"};
constexpr std::array<std::string_view, 3> on_words = {"x", "y", "p"};
constexpr std::array<std::string_view, on_words.size() * slots> slot_words = {
    "x0", "x1", "x2", "x3", "y0", "y1", "y2", "y3", "p0", "p1", "p2", "p3"};
constexpr std::uint8_t faults_max = 2;

bool has_slot(Kind kind) { return kind <= Kind::del_at; }
bool has_ref(Kind kind) { return kind <= Kind::print; }
bool has_buffer(Kind kind) { return kind == Kind::read || kind == Kind::reread; }

/// Members that mean nothing for the kind are as by default, so that equal texts are equal steps.
Step tidy(Step step) {
  if (!has_ref(step.kind)) step.on = Step::On::x;
  if (!has_slot(step.kind)) step.slot = 0;
  if (!has_buffer(step.kind)) step.buffer = 0;
  return step;
}

std::string text_of(const Step& step) {
  std::string text(kind_words[static_cast<std::size_t>(step.kind)]);
  if (has_ref(step.kind)) {
    text += ' ';
    text += on_words[static_cast<std::size_t>(step.on)];
  }
  if (has_slot(step.kind)) text += fmt::format("{}", step.slot);
  if (has_buffer(step.kind)) text += fmt::format(" {}", buffer_bytes[step.buffer]);
  return text;
}

Step parse_step(TextReader& reader) {
  Step step;
  step.kind = static_cast<Kind>(reader.word(kind_words));
  if (has_ref(step.kind)) {
    reader.expect(" ");
    if (has_slot(step.kind)) {
      const std::size_t name = reader.word(slot_words);
      step.on = static_cast<Step::On>(name / slots);
      step.slot = static_cast<std::uint8_t>(name % slots);
    } else {
      step.on = static_cast<Step::On>(reader.word(on_words));
    }
  }
  if (has_buffer(step.kind)) {
    reader.expect(" ");
    step.buffer = static_cast<std::uint8_t>(reader.word({"2000", "100", "55", "16"}));
  }
  return step;
}

Actor parse_actor(TextReader& reader) {
  Actor actor;
  actor.softirq = reader.word({"task", "softirq"}) == 1;
  reader.expect(" cpu");
  actor.cpu = static_cast<std::uint16_t>(reader.number(0, cpus - 1));
  reader.expect(":");
  if (reader.sees(" | ") || !reader.take(" ")) return actor;
  do actor.steps.push_back(parse_step(reader));
  while (reader.take("; "));
  if (actor.steps.size() > steps_max)
    reader.fail(fmt::format("expected at most {} steps of an actor", steps_max));
  return actor;
}

// How often each kind, ref and slot comes; what comes first is what it shrinks to. Uneven, so that
// steps meet on the same ref and the same slot.
constexpr std::array often = {Kind::add,       Kind::add,    Kind::add,    Kind::add_atomic,
                              Kind::del,       Kind::set_at, Kind::set_at, Kind::del_at,
                              Kind::print,     Kind::read,   Kind::read,   Kind::reread,
                              Kind::print_all, Kind::init,   Kind::fini};
constexpr std::array<std::uint8_t, 6> often_slot = {0, 0, 0, 1, 2, 3};
constexpr std::array often_on = {Step::On::x, Step::On::x, Step::On::y, Step::On::p};

rc::Gen<Step> any_step() {
  return rc::gen::map(
      rc::gen::tuple(below<std::size_t>(often.size()), below<std::size_t>(often_on.size()),
                     below<std::size_t>(often_slot.size()),
                     below<std::uint8_t>(std::size(buffer_bytes))),
      [](const std::tuple<std::size_t, std::size_t, std::size_t, std::uint8_t>& parts) {
        const auto& [kind, on, slot, buffer] = parts;
        return tidy({often[kind], often_on[on], often_slot[slot], buffer});
      });
}

rc::Gen<Actor> any_actor() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::map(below<int>(4), [](int n) { return n == 3; }),
                     below<std::uint16_t>(cpus), some<Step>(steps_max - 1, any_step())),
      [](std::tuple<bool, std::uint16_t, std::vector<Step>> parts) {
        auto& [softirq, cpu, steps] = parts;
        return Actor{softirq, cpu, std::move(steps)};
      });
}

}  // namespace

std::string Plan::text() const {
  std::string text = fmt::format("refs={}", refs);
  if (hard != 0) text += fmt::format(" hard={}", hard);
  if (soft != 0) text += fmt::format(" soft={}", soft);
  for (const Actor& actor : actors) {
    text += fmt::format(" | {} cpu{}:", actor.softirq ? "softirq" : "task", actor.cpu);
    for (std::size_t i = 0; i < actor.steps.size(); ++i)
      text += fmt::format("{} {}", i == 0 ? "" : ";", text_of(actor.steps[i]));
  }
  return text;
}

traces::Result<Plan> Plan::parse(std::string_view text) {
  TextReader reader(text);
  Plan plan;
  reader.expect("refs=");
  plan.refs = static_cast<std::uint8_t>(reader.number(1, refs_max));
  if (reader.take(" hard=")) plan.hard = static_cast<std::uint8_t>(reader.number(1, faults_max));
  if (reader.take(" soft=")) plan.soft = static_cast<std::uint8_t>(reader.number(1, faults_max));
  while (reader.take(" | ")) plan.actors.push_back(parse_actor(reader));
  if (plan.actors.size() > actors_max)
    reader.fail(fmt::format("expected at most {} actors", actors_max));
  return reader.finish(std::move(plan));
}

}  // namespace heddle::scenarios::lu_ref

namespace rc {

Gen<heddle::scenarios::lu_ref::Plan> Arbitrary<heddle::scenarios::lu_ref::Plan>::arbitrary() {
  using namespace heddle::scenarios;
  using namespace heddle::scenarios::lu_ref;
  return gen::map(
      gen::tuple(below<std::uint8_t>(refs_max), below<std::uint8_t>(faults_max + 1),
                 below<std::uint8_t>(faults_max + 1), some<Actor>(actors_max - 1, any_actor())),
      [](std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::vector<Actor>> parts) {
        auto& [more_refs, hard, soft, actors] = parts;
        return Plan{static_cast<std::uint8_t>(1 + more_refs), hard, soft, std::move(actors)};
      });
}

}  // namespace rc
