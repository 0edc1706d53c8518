// The linearizability checker against trying every order, on random histories; and what it says.
#include "checkers/linearizability.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/checkers/linearizability/specs.hpp"

namespace heddle::tests {
namespace {

using namespace heddle::checkers;

/// Tries every order of every choice of pending calls.
template <class Spec>
class EveryOrder {
 public:
  using Calls = std::vector<Call<typename Spec::Operation>>;

  static bool linearizable(const Calls& calls) {
    return EveryOrder(calls).extend(Spec{}.initial());
  }

 private:
  explicit EveryOrder(const Calls& calls) : calls_(calls), done_(calls.size(), false) {}

  bool extend(const typename Spec::State& state) {
    bool complete = true;
    for (std::size_t i = 0; i < calls_.size(); ++i)
      complete = complete && (done_[i] || calls_[i].is_pending());
    if (complete) return true;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (done_[i] || comes_after_another(i)) continue;
      done_[i] = true;
      for (unsigned way = 0;; ++way) {
        const auto next = Spec{}.next(state, calls_[i].operation, !calls_[i].is_pending(), way);
        if (!next) break;
        if (extend(*next)) return true;
      }
      done_[i] = false;
    }
    return false;
  }

  bool comes_after_another(std::size_t i) const {
    for (std::size_t k = 0; k < calls_.size(); ++k)
      if (k != i && !done_[k] && calls_[k].returned < calls_[i].called) return true;
    return false;
  }

  const Calls& calls_;
  std::vector<bool> done_;
};

/// Is `order` one that the specification and the moments of the calls allow?
template <class Spec>
bool is_witness(const std::vector<Call<typename Spec::Operation>>& calls,
                const std::vector<std::size_t>& order, Moment end = never) {
  std::set<std::size_t> in_order(order.begin(), order.end());
  if (in_order.size() != order.size()) return false;
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (calls[i].returned < end && in_order.count(i) == 0) return false;
  for (std::size_t a = 0; a < order.size(); ++a)
    for (std::size_t b = a + 1; b < order.size(); ++b)
      if (calls[order[b]].returned < calls[order[a]].called) return false;
  std::set<typename Spec::State> states = {Spec{}.initial()};
  for (const std::size_t i : order) {
    std::set<typename Spec::State> reached;
    for (const auto& state : states)
      for (unsigned way = 0;; ++way) {
        const auto next = Spec{}.next(state, calls[i].operation, calls[i].returned < end, way);
        if (!next) break;
        reached.insert(*next);
      }
    states = reached;
  }
  return !states.empty();
}

/// An order that goes part by part is a witness for each part alone.
template <class Spec, class Oracle>
bool explains_each_part(const std::vector<Call<typename Oracle::Operation>>& calls,
                        const std::vector<std::size_t>& order) {
  if constexpr (PartitionedSpecification<Spec>) {
    for (std::uint64_t part = 0; part < 2; ++part) {
      std::vector<Call<typename Oracle::Operation>> own;
      std::vector<std::size_t> place(calls.size());
      for (std::size_t i = 0; i < calls.size(); ++i) {
        if (Spec{}.part(calls[i].operation) != part) continue;
        place[i] = own.size();
        own.push_back(calls[i]);
      }
      std::vector<std::size_t> own_order;
      for (const std::size_t i : order)
        if (Spec{}.part(calls[i].operation) == part) own_order.push_back(place[i]);
      if (!is_witness<Oracle>(own, own_order)) return false;
    }
    return true;
  } else {
    return is_witness<Oracle>(calls, order);
  }
}

Registers::Operation random_operation(Registers*) {
  using Kind = Registers::Kind;
  return {*rc::gen::element(Kind::read, Kind::write, Kind::swap),
          *rc::gen::inRange<std::uint8_t>(0, 2), *rc::gen::inRange<std::uint8_t>(0, 3),
          *rc::gen::inRange<std::uint8_t>(0, 3), *rc::gen::inRange<std::uint8_t>(0, 3)};
}
Bag::Operation random_operation(Bag*) {
  const bool takes = *rc::gen::arbitrary<bool>();
  const auto value = *rc::gen::inRange<std::uint8_t>(0, 3);
  if (!takes) return {false, value};
  return {true, *rc::gen::element<std::uint8_t>(0, 1, 2, Bag::none)};
}

/// Up to six calls that begin and return in any order; some never return.
template <class Spec>
std::vector<Call<typename Spec::Operation>> random_history() {
  History<typename Spec::Operation> history;
  std::vector<std::size_t> open;
  const int events = *rc::gen::inRange(0, 12);
  for (int i = 0; i < events; ++i) {
    const bool ends = !open.empty() && *rc::gen::inRange(0, 5) < 3;
    if (!ends && history.calls().size() < 6) {
      open.push_back(history.called(random_operation(static_cast<Spec*>(nullptr))));
    } else if (!open.empty()) {
      const auto at = *rc::gen::inRange<std::size_t>(0, open.size());
      history.returned(open[at], history.calls()[open[at]].operation);
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return history.calls();
}

template <class Spec, class Oracle = Spec>
void agrees_with_every_order() {
  static LinearizabilityChecker<Spec> checker;
  const auto calls = random_history<Oracle>();
  const LinearizabilityResult result = checker.check(calls);
  const bool expected = EveryOrder<Oracle>::linearizable(calls);
  RC_CLASSIFY(expected, "linearizable");
  RC_CLASSIFY(!expected, "not linearizable");
  RC_ASSERT((result.verdict == Linearizable::yes) == expected);
  RC_ASSERT(result.verdict != Linearizable::unknown);
  if (expected) {
    const bool explained = explains_each_part<Spec, Oracle>(calls, result.order);
    RC_ASSERT(explained);
    return;
  }
  // What it blames is wrong by itself, and right without the culprit's return.
  std::vector<Call<typename Spec::Operation>> part;
  const Moment end = calls[result.culprit].returned;
  for (const std::size_t i : result.part) {
    part.push_back(calls[i]);
    if (part.back().returned > end) part.back().returned = never;
  }
  RC_ASSERT(!EveryOrder<Oracle>::linearizable(part));
  for (auto& call : part)
    if (call.returned == end) call.returned = never;
  RC_ASSERT(EveryOrder<Oracle>::linearizable(part));
}

RC_GTEST_PROP(Linearizability, AgreesWithEveryOrderOnRegisters, ()) {
  agrees_with_every_order<Registers>();
}
RC_GTEST_PROP(Linearizability, AgreesWithEveryOrderOnParts, ()) {
  agrees_with_every_order<RegistersByKey, Registers>();
}
RC_GTEST_PROP(Linearizability, AgreesWithEveryOrderOnABag, ()) { agrees_with_every_order<Bag>(); }

using Kind = Registers::Kind;

TEST(Linearizability, AnEmptyHistoryIs) {
  EXPECT_EQ(LinearizabilityChecker<Registers>().check({}).verdict, Linearizable::yes);
}

TEST(Linearizability, AStaleReadIsBlamed) {
  History<Registers::Operation> history;
  const auto both = [&history](const Registers::Operation& operation) {
    history.returned(history.called(operation), operation);
  };
  both({Kind::write, 0, 0, 1, 0});
  both({Kind::read, 0, 0, 0, 1});
  both({Kind::read, 0, 0, 0, 0});
  both({Kind::write, 0, 0, 2, 0});
  const auto result = LinearizabilityChecker<Registers>().check(history.calls());
  EXPECT_EQ(result.verdict, Linearizable::no);
  EXPECT_EQ(result.culprit, 2u);
  EXPECT_EQ(result.part, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(result.order, (std::vector<std::size_t>{0, 1}));
}

TEST(Linearizability, AWriteThatNeverReturnedMayHaveBeenRead) {
  History<Registers::Operation> history;
  history.called({Kind::write, 0, 0, 1, 0});
  const auto read = history.called({Kind::read, 0, 0, 0, 1});
  history.returned(read, {Kind::read, 0, 0, 0, 1});
  const auto result = LinearizabilityChecker<Registers>().check(history.calls());
  EXPECT_EQ(result.verdict, Linearizable::yes);
  EXPECT_EQ(result.order, (std::vector<std::size_t>{0, 1}));
}

TEST(Linearizability, GivesUpAtItsLimit) {
  History<Registers::Operation> history;
  for (int i = 0; i < 12; ++i)
    history.called({Kind::swap, 0, static_cast<std::uint8_t>(i % 3), static_cast<std::uint8_t>(i)});
  history.returned(history.called({Kind::read, 0, 0, 0, 200}), {Kind::read, 0, 0, 0, 200});
  const auto result = LinearizabilityChecker<Registers>({}, 50).check(history.calls());
  EXPECT_EQ(result.verdict, Linearizable::unknown);
  EXPECT_EQ(LinearizabilityChecker<Registers>().check(history.calls()).verdict, Linearizable::no);
}

}  // namespace
}  // namespace heddle::tests
