#include "scenarios/properties/dynamic_debug_workload.hpp"

#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "scenarios/properties/generators.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

using Kind = Act::Kind;
using Context = Actor::Context;

constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::count_)> kind_words = {
    "store", "pipe", "trace", "resize", "truncate"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Context::count_)> context_words = {
    "task", "softirq", "irq", "nmi"};
constexpr std::uint8_t per_page_max = 3;

/// A number that means nothing for the kind is 0, so that equal texts are equal acts.
Act tidy(Act act) {
  if (act.kind == Kind::truncate) act.number = 0;
  return act;
}

std::string text_of(const Act& act) {
  const std::string_view word = kind_words[static_cast<std::size_t>(act.kind)];
  if (act.kind == Kind::truncate) return std::string(word);
  return fmt::format("{} {}", word, act.number);
}

Act parse_act(TextReader& reader) {
  Act act;
  act.kind = static_cast<Kind>(reader.word(kind_words));
  if (act.kind == Kind::truncate) return act;
  reader.expect(" ");
  act.number = static_cast<std::uint8_t>(reader.number(0, number_max));
  return act;
}

Actor parse_actor(TextReader& reader) {
  Actor actor;
  actor.context = static_cast<Context>(reader.word(context_words));
  reader.expect(" cpu");
  actor.cpu = static_cast<std::uint16_t>(reader.number(0, cpus - 1));
  reader.expect(":");
  if (reader.sees(" | ") || !reader.take(" ")) return actor;
  do actor.acts.push_back(parse_act(reader));
  while (reader.take("; "));
  if (actor.acts.size() > acts_max)
    reader.fail(fmt::format("expected at most {} acts of an actor", acts_max));
  return actor;
}

// How often each kind and context comes; what comes first is what it shrinks to.
constexpr std::array often = {Kind::store, Kind::store, Kind::store,  Kind::store,   Kind::pipe,
                              Kind::pipe,  Kind::trace, Kind::resize, Kind::truncate};
constexpr std::array often_context = {Context::task,    Context::task, Context::task, Context::task,
                                      Context::softirq, Context::irq,  Context::irq,  Context::nmi};

rc::Gen<Act> any_act() {
  return rc::gen::map(
      rc::gen::tuple(below<std::size_t>(often.size()), below<std::uint8_t>(number_max + 1)),
      [](const std::tuple<std::size_t, std::uint8_t>& parts) {
        return tidy({often[std::get<0>(parts)], std::get<1>(parts)});
      });
}

rc::Gen<Actor> any_actor() {
  return rc::gen::map(
      rc::gen::tuple(below<std::size_t>(often_context.size()), below<std::uint16_t>(cpus),
                     some<Act>(acts_max - 1, any_act())),
      [](std::tuple<std::size_t, std::uint16_t, std::vector<Act>> parts) {
        auto& [context, cpu, acts] = parts;
        return Actor{often_context[context], cpu, std::move(acts)};
      });
}

}  // namespace

std::string Plan::text() const {
  std::string text = fmt::format("page={}", per_page);
  for (const Actor& actor : actors) {
    text += fmt::format(" | {} cpu{}:", context_words[static_cast<std::size_t>(actor.context)],
                        actor.cpu);
    for (std::size_t i = 0; i < actor.acts.size(); ++i)
      text += fmt::format("{} {}", i == 0 ? "" : ";", text_of(actor.acts[i]));
  }
  return text;
}

traces::Result<Plan> Plan::parse(std::string_view text) {
  TextReader reader(text);
  Plan plan;
  reader.expect("page=");
  plan.per_page = static_cast<std::uint8_t>(reader.number(1, per_page_max));
  while (reader.take(" | ")) plan.actors.push_back(parse_actor(reader));
  if (plan.actors.size() > actors_max)
    reader.fail(fmt::format("expected at most {} actors", actors_max));
  return reader.finish(std::move(plan));
}

}  // namespace heddle::scenarios::dynamic_debug

namespace rc {

Gen<heddle::scenarios::dynamic_debug::Plan>
Arbitrary<heddle::scenarios::dynamic_debug::Plan>::arbitrary() {
  using namespace heddle::scenarios;
  using namespace heddle::scenarios::dynamic_debug;
  return gen::map(
      gen::tuple(below<std::uint8_t>(per_page_max), some<Actor>(actors_max - 1, any_actor())),
      [](std::tuple<std::uint8_t, std::vector<Actor>> parts) {
        auto& [more, actors] = parts;
        return Plan{static_cast<std::uint8_t>(1 + more), std::move(actors)};
      });
}

}  // namespace rc
