// nfs: mounts that are not made and unmade once by somebody at a keyboard: below others, by
// automounters, lazily, late; and the locks that clients hold under them.
#include <cstdint>

#include "scenarios/families/nfs_support.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::scenarios::nfs {
namespace {

/// The client's mount of what lies below is given up for being idle; the one above stays.
void submount_expires(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [](ClientHost&, Client& self) {
    const int above = self.mount();
    if (above <= 0) return;
    const int below = self.enter(above);
    if (below > 0) self.umount(below);
  });
  site.boot_server();
  site.add_administrator([](Server& server) { server.umount(); });
}
HEDDLE_SCENARIO("nfs/submount_expires", submount_expires)
    .model(model)
    .summary("a client's submount expires while its mount stays, and the administrator unmounts")
    .cpus(5)
    .checks("S1")
    .finds(Defect::flush_is_global, Kind::invariant)
    .finds(Defect::removed_by_host, Kind::invariant);

/// The superblock outlives umount -l until its last file is closed; the client has mounted anew by
/// then.
void lazy_umount(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [](ClientHost&, Client& self) {
    const int first = self.mount();
    if (first <= 0) return;
    self.open();
    self.detach(first);
    self.mount();
    self.access(first);
    self.close();
  });
  site.boot_server();
  site.add_administrator([](Server& server) { server.umount(); });
}
HEDDLE_SCENARIO("nfs/lazy_umount", lazy_umount)
    .model(model)
    .summary("a client unmounts lazily with a file open, mounts anew, and closes the file")
    .cpus(5)
    .executions(5'000)
    .checks("S1")
    .finds(Defect::flush_is_global, Kind::invariant)
    .finds(Defect::removed_by_host, Kind::invariant);

/// By the clock: what a client says when it leaves is on its way for longer than it waits for the
/// answer; it has mounted anew when that arrives.
void late_umount(World& world, DefectBits defects) {
  constexpr std::int64_t second_ms = 1000;
  Site::Options options;
  options.timing = {second_ms, 1};
  options.faults = {.delayed = 1, .delay_ms = 3 * second_ms};
  Site& site = world.create<Site>(world, defects, options);
  site.network().carries_on(sim::Cpu{5});
  site.add_client("client", [](ClientHost&, Client& self) {
    const int first = self.mount();
    if (first <= 0) return;
    self.umount(first);
    self.mount();
  });
  site.boot_server();
  site.add_administrator([&world](Server& server) {
    sleep_until(world, 10 * second_ms);
    server.umount();
  });
}
HEDDLE_SCENARIO("nfs/late_umount", late_umount)
    .model(model)
    .summary(
        "by the clock, a message is late: maybe UMOUNT, which arrives when all is mounted anew")
    .cpus(6)
    .time(sim::Time::clock)
    .checks("S1")
    .finds(Defect::flush_is_global, Kind::invariant)
    .finds(Defect::removed_by_host, Kind::invariant);

/// An automounter's clients go one after another. What does that cost who works on?
void automounts_expire(World& world, DefectBits defects) {
  constexpr int leavers = 4;
  Site& site = world.create<Site>(world, defects, Site::Options{});
  const ClientHost& busy = site.add_client("busy", [](ClientHost&, Client& self) {
    const int number = self.mount();
    for (int i = 0; i < leavers && number > 0; ++i) self.access(number);
  });
  for (int i = 0; i < leavers; ++i) site.add_leaving_client();
  site.boot_server();
  world.settle([&world, &site, &busy] {
    world.expect(site.server().upcalls(busy.host.id()) <= 1,
                 "S3: what others do costs a client no question to mountd");
  });
}
HEDDLE_SCENARIO("nfs/automounts_expire", automounts_expire)
    .model(model)
    .summary("four automounted clients unmount while another one works")
    .cpus(9)
    .executions(500)
    .checks("S3")
    .finds(Defect::flush_is_global, Kind::invariant);

/// Two clients want the same lock of a server that comes up again: one had it, the other one asks
/// for it at any moment.
void locks_are_reclaimed(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {1000, 5};
  Site& site = world.create<Site>(world, defects, options);
  const sim::InterruptSource crash = site.server_host().may_crash(0, sim::AfterCrash::reboots);
  ClientHost& other =
      site.add_client("other", [](ClientHost& host, Client& self) { host.number = self.mount(); });
  site.add_client("holder", [crash, &other](ClientHost&, Client& self) {
    other.task.join();
    const int number = self.mount();
    if (number <= 0 || other.number <= 0 || self.lock(number) != 0) return;
    sim::InterruptSource(crash).raise();
    other.host.task("other", [&other] { other.client->lock(other.number); });
    self.access(number);
  });
  site.boot_server();
}
HEDDLE_SCENARIO("nfs/locks_are_reclaimed", locks_are_reclaimed)
    .model(model)
    .summary("two clients lock a file of a server that crashes and comes up again")
    .cpus(6)
    .time(sim::Time::clock)
    .executions(5'000)
    .finds(Defect::grace_grants_locks, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::nfs
