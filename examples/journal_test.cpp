// A log that must survive crashes: block 0 of the disk says how many records there are, the blocks
// after it are the records. What was written but not flushed may be lost when the host crashes,
// each block by itself.
#include <cstdint>

#include "heddle.hpp"
#include "heddle/testing.hpp"
#include "sim/machine/disk.hpp"
#include "sim/machine/host.hpp"

namespace {
using namespace heddle;
using sim::AfterCrash;
using sim::Disk;
using sim::Host;

constexpr std::uint64_t first_record = 100;

/// `flushes_between`: a record is on the disk for certain before it counts.
template <bool flushes_between>
void append(Disk& disk) {
  const std::uint64_t records = disk.read(0);
  disk.write(1 + records, first_record + records);
  if (flushes_between) disk.flush();
  disk.write(0, records + 1);
  disk.flush();
}

template <bool flushes_between>
void crash_while_appending(World& world, DefectBits) {
  auto& host = world.create<Host>(world, "host", std::uint16_t{1});
  auto& disk = world.create<Disk>(host.id());
  host.boot([&world, &host, &disk] {
    host.task("writer", [&world, &disk] {
      for (std::uint64_t i = 0; i < disk.read(0); ++i)
        world.expect(disk.read(1 + i) == first_record + i, "every record that counts is there");
      append<flushes_between>(disk);
    });
  });
  host.may_crash(1, AfterCrash::reboots);
}
HEDDLE_SCENARIO("example/journal_flushes_once", crash_while_appending<false>);
HEDDLE_SCENARIO("example/journal", crash_while_appending<true>);

TEST(Journal, CountsALostRecordIfItIsFlushedOnce) {
  EXPECT_FINDS(explore("example/journal_flushes_once"), FindingKind::invariant);
}
TEST(Journal, LosesNothingThatCounts) { EXPECT_CLEAN(explore("example/journal")); }

}  // namespace
