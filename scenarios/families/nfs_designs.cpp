// nfs: what a recovery design promises to clients that go on, to who leaves, and to the
// administrator. With the scenarios of nfs.cpp that check a property they make the table of
// designs.
#include <cstdint>

#include "scenarios/families/nfs_support.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::scenarios::nfs {
namespace {

/// A client uses its mount now and then; the administrator tries now and then.
void client_is_idle(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [&world](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    for (const std::int64_t moment_ms : {Server::lease_ms / 2, Server::ttl_ms + 1}) {
      sleep_until(world, moment_ms);
      self.access(number);
    }
  });
  site.boot_server();
  site.add_administrator([&world](Server& server) {
    for (const std::int64_t moment_ms : {std::int64_t{0}, Server::lease_ms, Server::ttl_ms + 1}) {
      sleep_until(world, moment_ms);
      if (server.umount() == 0) return;
    }
  });
}
HEDDLE_SCENARIO("nfs/client_is_idle", client_is_idle)
    .model(model)
    .summary("a client uses its mount now and then while the administrator tries to unmount")
    .cpus(5)
    .executions(5'000)
    .checks("S2")
    .finds(Defect::pins_outlive_clients, Kind::invariant)
    .finds(Defect::lapses_at_deadline, Kind::invariant)
    .finds(Defect::replied_before_registering, Kind::invariant);

/// The world has been up for long, and its clocks no longer agree.
void clocks_drift(World& world, DefectBits defects) {
  Site::Options options;
  options.parameters.drift_ppm = 100'000;
  Site& site = world.create<Site>(world, defects, options);
  ClientHost& client = site.add_client("client", [&world](ClientHost&, Client& self) {
    sleep_until(world, Server::ttl_ms);
    self.mount();
  });
  client.host.drifts(options.parameters.drift_ppm);
  site.server_host().drifts(options.parameters.drift_ppm);
  site.boot_server();
  site.add_administrator([&world](Server& server) {
    sleep_until(world, Server::ttl_ms + Server::lease_ms);
    server.umount();
  });
}
HEDDLE_SCENARIO("nfs/clocks_drift", clocks_drift)
    .model(model)
    .summary("the same long after the boot, with clocks that go a tenth faster or slower")
    .cpus(5)
    .executions(5'000)
    .checks("S2")
    .finds(Defect::clients_clock, Kind::invariant);

/// What a client has written is on its way when it unmounts, and the administrator unmounts, too.
void dirty_client_leaves(World& world, DefectBits defects) {
  Site::Options options;
  options.has_disk = true;
  Site& site = world.create<Site>(world, defects, options);
  site.add_client("client", [](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    self.write(7);
    self.umount(number);
  });
  site.boot_server();
  site.add_administrator([](Server& server) { server.umount(); });
}
HEDDLE_SCENARIO("nfs/dirty_client_leaves", dirty_client_leaves)
    .model(model)
    .summary("a client unmounts with dirty pages, and the administrator unmounts")
    .cpus(5)
    .executions(5'000)
    .checks("S2")
    .finds(Defect::umount_precedes_writeback, Kind::invariant);

/// The server crashes between WRITE and COMMIT, or anywhere else after the mount.
void server_reboots_under_writes(World& world, DefectBits defects) {
  Site::Options options;
  options.has_disk = true;
  options.timing = {1000, 5};
  Site& site = world.create<Site>(world, defects, options);
  const sim::InterruptSource crash = site.server_host().may_crash(0, sim::AfterCrash::reboots);
  site.add_client("client", [crash](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    sim::InterruptSource(crash).raise();
    self.write(7);
    self.sync(number);
  });
  site.boot_server();
  world.finally([&world, &site] {
    const std::uint64_t stable = site.truth().stable();
    world.expect(stable == 0 || site.disk().durable(Server::data_block) == stable,
                 "S2: what a client was told to be stable is on the disk");
  });
}
HEDDLE_SCENARIO("nfs/server_reboots_under_writes", server_reboots_under_writes)
    .model(model)
    .summary("a client writes and commits while the server crashes and comes up again")
    .cpus(5)
    .time(sim::Time::clock)
    .executions(5'000)
    .checks("S2")
    .finds(Defect::commit_not_resent, Kind::invariant);

/// UMOUNT is called by a client that has something else mounted than it says.
void export_is_revoked(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.boot_server();
  site.add_client("client", [&site](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    site.add_administrator([](Server& server) { server.revoke(); });
    const std::uint32_t other = 12'345;
    self.send_umount(&other, sizeof other);
    self.access(number);
  });
}
HEDDLE_SCENARIO("nfs/export_is_revoked", export_is_revoked)
    .model(model)
    .summary(
        "the administrator takes an export back while a client uses its mount and calls UMOUNT")
    .cpus(5)
    .executions(10'000)
    .checks("S4")
    .finds(Defect::flush_is_lost, Kind::invariant)
    .finds(Defect::flush_spares_its_second, Kind::invariant);

/// mountd is asked about the client at that time.
void mount_is_overtaken(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [](ClientHost&, Client& self) { self.mount(); });
  site.boot_server();
  site.add_administrator([](Server& server) { server.revoke(); });
}
HEDDLE_SCENARIO("nfs/mount_is_overtaken", mount_is_overtaken)
    .model(model)
    .summary("the administrator takes an export back while a client mounts")
    .cpus(5)
    .checks("S4")
    .finds(Defect::upcall_outlives_revoke, Kind::invariant);

/// Two threads of nfsd serve, and the disk takes its time.
void revoked_under_writes(World& world, DefectBits defects) {
  Site::Options options;
  options.has_disk = true;
  options.nfsd_threads = 2;
  Site& site = world.create<Site>(world, defects, options);
  site.boot_server();
  site.add_client("client", [&site](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    site.add_administrator([](Server& server) { server.revoke(); });
    self.write(7);
    self.sync(number);
  });
}
HEDDLE_SCENARIO("nfs/revoked_under_writes", revoked_under_writes)
    .model(model)
    .summary("the administrator takes an export back while a client writes, to two nfsd threads")
    .cpus(6)
    .executions(5'000)
    .checks("S4")
    .finds(Defect::flush_spares_its_second, Kind::invariant)
    .finds(Defect::revoke_does_not_drain, Kind::invariant);

/// The server is cut off for as long as it likes; time passes by the clock, when all wait.
void link_is_cut(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {60'000, 2};
  Site& site = world.create<Site>(world, defects, options);
  sim::InterruptSource cut = site.server_cut();
  site.add_client("client", [&world, cut](ClientHost& host, Client& self) {
    const int number = self.mount();
    if (number <= 0) return;
    sim::InterruptSource(cut).raise();
    host.host.task("sync", [&world, &self, number] {
      const std::int64_t begun_ms = world.machine().now_ms();
      self.sync(number);
      world.expect(world.machine().now_ms() == begun_ms,
                   "L2: with nothing to be written, sync does not wait for the network");
    });
    const std::int64_t begun_ms = world.machine().now_ms();
    self.umount(number);
    constexpr std::int64_t bound_ms = 3 * 60'000;
    world.expect(world.machine().now_ms() - begun_ms <= bound_ms,
                 "L2: a client's umount returns within the bound of one soft call");
  });
  site.boot_server();
}
HEDDLE_SCENARIO("nfs/link_is_cut", link_is_cut)
    .model(model)
    .summary("the link is cut while a client unmounts, and somebody calls sync there")
    .cpus(5)
    .time(sim::Time::clock)
    .executions(5'000)
    .checks("L2")
    .finds(Defect::superblock_held, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::nfs
