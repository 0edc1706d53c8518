// What the simulator does not have is a finding about who asks for it, not an error of heddle.
#include <string_view>

#include <gtest/gtest.h>

#include "sim/kernel/printk.hpp"
#include "sim/kernel/rcu.hpp"
#include "sim/machine/disk.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"
#include "tests/kernel/check.hpp"

namespace heddle::sim::kernel {
namespace {

using tests::machine;
using tests::with_cpus;

/// Is it the one finding of the program that it misuses the simulator in this way?
template <class Body>
void expect_misuse(std::string_view sentence, Body&& body) {
  EXPECT_TRUE(tests::check(with_cpus(2), body, 1).found(FindingKind::invariant)) << sentence;
  ASSERT_EQ(machine().findings().size(), 1u) << sentence;
  EXPECT_EQ(machine().findings()[0].detail, sentence);
}

TEST(Misuse, OfTheKernelsVocabulary) {
  expect_misuse("a world whose code uses RCU calls rcu_init()", [](World& world) {
    world.task("reader", Cpu{0}, [] {
      rcu_read_lock();
      rcu_read_unlock();
    });
  });
  expect_misuse("the format has conversions that are known: c, s, p, d, i, u, o, x and X",
                [](World& world) { world.task("printer", Cpu{0}, [] { printk("%f\n", 1.0); }); });
}

TEST(Misuse, OfHostsAndDevices) {
  expect_misuse("the machine has CPUs for its hosts (cpus() gives a scenario more)",
                [](World& world) { (void)Host(world, "host", 3); });
  expect_misuse("set-up adds hosts, at most 63", [](World& world) {
    world.task("late", Cpu{0}, [&world] { (void)Host(world, "host", 1); });
  });
  expect_misuse("a disk has 32 blocks", [](World& world) {
    Host host(world, "host", 1);
    Disk& disk = world.create<Disk>(host.id());
    host.task("writer", [&disk] { disk.write(32, 1); });
  });
}

}  // namespace
}  // namespace heddle::sim::kernel
