// Scenarios over generated workloads. The workload is a plain value W that has
//
//   rc::Arbitrary<W>                        how RapidCheck generates and shrinks it
//   std::string W::text() const             one line, for people; not empty
//   static Result<W> W::parse(string_view)  the inverse; refuses everything else in one sentence
//
// and the body is a function void (World&, const W&, DefectBits).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <rapidcheck.h>

#include "scenarios/registry/scenario.hpp"
#include "scenarios/registry/workload.hpp"
#include "sim/core/check.hpp"
#include "sim/machine/world.hpp"
#include "traces/result.hpp"

namespace heddle::scenarios {

template <class W>
concept WorkloadValue = std::copyable<W> && requires(const W& workload, std::string_view text) {
  { workload.text() } -> std::same_as<std::string>;
  { W::parse(text) } -> std::same_as<traces::Result<W>>;
};

template <WorkloadValue W>
class WorkloadTypeOf final : public WorkloadType {
 public:
  using Body = void (*)(sim::World& world, const W& workload, DefectBits defects);
  explicit WorkloadTypeOf(Body body) : body_(body) {}

  traces::Result<std::unique_ptr<Workload>> parse(std::string_view text) const override {
    traces::Result<W> value = W::parse(text);
    if (!value) return traces::Error{value.error()};
    return std::unique_ptr<Workload>(std::make_unique<Value>(std::move(*value), body_));
  }
  std::unique_ptr<Shrinking> generate(std::uint64_t seed, int size) const override {
    return std::make_unique<Tree>(rc::gen::arbitrary<W>()(rc::Random(seed), size));
  }

 private:
  class Value final : public Workload {
   public:
    Value(W value, Body body) : value_(std::move(value)), body_(body) {}
    std::string text() const override { return value_.text(); }
    void set_up(sim::World& world, DefectBits defects) const override {
      body_(world, value_, defects);
    }

   private:
    W value_;
    Body body_;
  };

  /// RapidCheck's tree of a value and what it shrinks to, walked downwards.
  class Tree final : public Shrinking {
   public:
    explicit Tree(rc::Shrinkable<W> root) : present_(std::move(root)), rest_(present_.shrinks()) {}
    std::string text() const override { return present_.value().text(); }
    std::optional<std::string> next() override {
      candidate_ = rest_.next();
      if (!candidate_) return std::nullopt;
      return candidate_->value().text();
    }
    void accept() override {
      HEDDLE_CHECK(bool(candidate_), "a candidate is looked at before it is accepted");
      present_ = *candidate_;
      rest_ = present_.shrinks();
      candidate_ = rc::Nothing;
    }

   private:
    rc::Shrinkable<W> present_;
    rc::Seq<rc::Shrinkable<W>> rest_;
    rc::Maybe<rc::Shrinkable<W>> candidate_;
  };

  Body body_;
};

}  // namespace heddle::scenarios

/// Registers `body` (void (World&, const W&, DefectBits)) as a scenario that is explored under
/// generated workloads; settings follow as calls, as with HEDDLE_SCENARIO.
#define HEDDLE_PROPERTY(name, W, body)                                                    \
  [[maybe_unused]] static const ::heddle::scenarios::ScenarioBuilder HEDDLE_CONCATENATE(  \
      heddle_property_, __COUNTER__) =                                                    \
      ::heddle::scenarios::ScenarioBuilder(                                               \
          name, std::make_unique<::heddle::scenarios::WorkloadTypeOf<W>>(body), __FILE__, \
          __LINE__)
