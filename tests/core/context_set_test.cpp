// A ContextSet behaves as a std::set of its members.
#include "sim/core/context_set.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace heddle::sim {
namespace {

using Members = std::set<std::uint16_t>;

ContextSet set_of(const Members& members) {
  ContextSet set;
  for (const std::uint16_t member : members) set.add(ContextId{member});
  return set;
}

Members any_members() {
  const auto ids = *rc::gen::container<std::vector<std::uint16_t>>(
      rc::gen::inRange<std::uint16_t>(0, contexts_max));
  return {ids.begin(), ids.end()};
}

RC_GTEST_PROP(ContextSet, HoldsWhatWasAdded, ()) {
  const Members members = any_members();
  const ContextSet set = set_of(members);
  RC_ASSERT(set.count() == members.size());
  RC_ASSERT(set.empty() == members.empty());
  for (std::uint16_t id = 0; id < contexts_max; ++id)
    RC_ASSERT(set.contains(ContextId{id}) == members.contains(id));
}

RC_GTEST_PROP(ContextSet, IsIteratedInIncreasingOrder, ()) {
  const Members members = any_members();
  const ContextSet set = set_of(members);
  std::uint32_t n = 0;
  ContextSet rest = set;
  for (const std::uint16_t member : members) {
    RC_ASSERT(rest.first() == ContextId{member});
    RC_ASSERT(set.nth(n) == ContextId{member});
    RC_ASSERT(set.rank(ContextId{member}) == n);
    rest.remove(ContextId{member});
    ++n;
  }
  RC_ASSERT(rest.empty());
}

RC_GTEST_PROP(ContextSet, OperatorsAreThoseOfSets, ()) {
  const Members a = any_members();
  const Members b = any_members();
  Members both, either = a, only_a;
  either.insert(b.begin(), b.end());
  for (const std::uint16_t member : a) (b.contains(member) ? both : only_a).insert(member);
  RC_ASSERT((set_of(a) & set_of(b)) == set_of(both));
  RC_ASSERT((set_of(a) | set_of(b)) == set_of(either));
  RC_ASSERT((set_of(a) - set_of(b)) == set_of(only_a));
}

RC_GTEST_PROP(ContextSet, HasAPartAfterEachContext, ()) {
  const Members members = any_members();
  for (std::uint16_t id = 0; id < contexts_max; ++id) {
    const Members greater(members.upper_bound(id), members.end());
    RC_ASSERT(set_of(members).after(ContextId{id}) == set_of(greater));
  }
}

}  // namespace
}  // namespace heddle::sim
