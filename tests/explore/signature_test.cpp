// Signatures may say of steps that they might conflict though they do not, never the other way
// round.
#include "sim/explore/signature.hpp"

#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/explore/history.hpp"

namespace heddle::tests {
namespace {

using sim::ObjectClass;
using sim::ObjectId;
using sim::Signature;
using sim::Touch;

/// Of a few neighbouring bytes, or of one of a few other objects.
Touch a_touch() {
  Touch touch;
  if (*rc::gen::arbitrary<bool>()) {
    touch.first = ObjectId::memory(0x1000 + *rc::gen::inRange<std::uint64_t>(0, 64)).bits;
    touch.size = *rc::gen::inRange(1u, 40u);
  } else {
    const auto cls =
        *rc::gen::element(ObjectClass::gate, ObjectClass::residents, ObjectClass::host);
    touch.first = ObjectId::of(cls, *rc::gen::inRange<std::uint64_t>(0, 4)).bits;
  }
  touch.writes = *rc::gen::arbitrary<bool>();
  touch.adds = touch.writes && *rc::gen::arbitrary<bool>();
  return touch;
}

std::vector<Touch> touches() {
  std::vector<Touch> all(*rc::gen::inRange<std::size_t>(0, 5));
  for (Touch& touch : all) touch = a_touch();
  return all;
}

Signature signature(const std::vector<Touch>& touches) {
  return Signature::of(touches.data(), touches.data() + touches.size());
}

bool conflict(const std::vector<Touch>& some, const std::vector<Touch>& others) {
  for (const Touch& one : some)
    for (const Touch& other : others)
      if (one.conflicts(other)) return true;
  return false;
}

RC_GTEST_PROP(Signature, MissesNoConflict, ()) {
  const std::vector<Touch> some = touches();
  const std::vector<Touch> others = touches();
  const bool may = signature(some).may_conflict(signature(others));
  RC_TAG(may);
  RC_ASSERT(may == signature(others).may_conflict(signature(some)));
  RC_ASSERT(may || !conflict(some, others));
}

RC_GTEST_PROP(Signature, MissesNoObject, ()) {
  const std::vector<Touch> all = touches();
  for (const Touch& touch : all)
    if (const ObjectId object{touch.first}; object.cls() != ObjectClass::memory)
      RC_ASSERT(signature(all).may_touch(object));
}

TEST(Signature, TellsMostApart) {
  const Touch write = Touch::of(ObjectId::memory(0x1000), 8, sim::Mode::write);
  int taken_for_the_same = 0;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    const Touch other = Touch::of(ObjectId::memory(0x1000 + 8 * i), 8, sim::Mode::write);
    if (signature({write}).may_conflict(signature({other}))) ++taken_for_the_same;
  }
  EXPECT_LT(taken_for_the_same, 1'000 / 16);
}

TEST(Signature, OfWritesThatCommuteIsOfNoConflict) {
  Touch add = Touch::of(sim::world_part(sim::WorldPart::lives), 1, sim::Mode::write);
  add.adds = true;
  EXPECT_FALSE(signature({add}).may_conflict(signature({add})));
  EXPECT_FALSE(signature({add}).meets_anybody);
  add.adds = false;
  EXPECT_TRUE(signature({add}).meets_anybody);
}

/// Of a context of its own.
sim::Summary summary(std::uint16_t context, std::initializer_list<Touch> touches) {
  sim::Summary made{sim::ContextId{context}};
  made.sign(touches.begin(), touches.end());
  return made;
}

TEST(Summary, MayDependOnWhatItTouches) {
  const Touch write = Touch::of(ObjectId::memory(0x1000), 8, sim::Mode::write);
  const Touch read = Touch::of(ObjectId::memory(0x1000), 8, sim::Mode::read);
  EXPECT_TRUE(summary(1, {write}).may_depend_on(summary(2, {read})));
  EXPECT_FALSE(summary(1, {read}).may_depend_on(summary(2, {read})));
  EXPECT_TRUE(summary(1, {read}).may_depend_on(summary(1, {read})));
}

TEST(Summary, MayDependOnAnythingIfMoreThanItsTouchesSaySo) {
  const Touch read = Touch::of(ObjectId::memory(0x1000), 8, sim::Mode::read);
  const sim::Summary other = summary(2, {read});
  sim::Summary everything{sim::ContextId{1}, true};
  EXPECT_TRUE(everything.may_depend_on(other)) << "before it is signed";
  everything.sign(nullptr, nullptr);
  EXPECT_TRUE(everything.may_depend_on(other));
  sim::Summary gates{sim::ContextId{1}};
  gates.gates = true;
  gates.sign(&read, &read + 1);
  EXPECT_TRUE(gates.may_depend_on(other));
}

}  // namespace
}  // namespace heddle::tests
