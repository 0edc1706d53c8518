// nfs: who unmounts, who still has it mounted, and what the server's administrator gets.
#include "scenarios/families/nfs_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::nfs {
namespace {

/// The client mounts, looks, unmounts. If it was told that it has, the administrator can, too.
void leave_and_umount(World& world, DefectBits defects, const Site::Options& options,
                      bool calls_late = false) {
  Site& site = world.create<Site>(world, defects, options);
  ClientHost& client =
      site.add_client("client", [&world, calls_late](ClientHost& host, Client& self) {
        const int number = self.mount();
        world.expect(number > 0 || number == -ETIMEDOUT || number == -EACCES,
                     "what is exported can be mounted");
        if (number <= 0) return;
        host.has_left = self.umount(number) == 0;
        if (calls_late) self.access(number);
      });
  site.boot_server();
  if (options.timing.has_connection) site.may_break_connections(client);
  site.add_administrator([&world, &client](Server& server) {
    client.task.join();
    if (client.has_left)
      world.expect(server.umount() == 0,
                   "what its last client has unmounted can be unmounted at once");
  });
}

void umount_after_client(World& world, DefectBits defects) { leave_and_umount(world, defects, {}); }
HEDDLE_SCENARIO("nfs/umount_after_client", umount_after_client)
    .model(model)
    .summary("the only client unmounts, then the server's administrator does")
    .cpus(5)
    .finds(Defect::reply_precedes_flush, Kind::invariant)
    .finds(Defect::export_flushed_alone, Kind::invariant);

void umount_in_a_namespace(World& world, DefectBits defects) {
  Site::Options options;
  options.parameters.network_namespace = 1;
  leave_and_umount(world, defects, options);
}
HEDDLE_SCENARIO("nfs/umount_in_a_namespace", umount_in_a_namespace)
    .model(model)
    .summary("the same with a server in a namespace of its own")
    .cpus(5)
    .finds(Defect::flushes_initial_namespace, Kind::invariant);

void server_without_memory(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {1000, 0};
  leave_and_umount(world, defects, options);
  world.allocation_faults({.hard = 1, .soft = 0});
}
HEDDLE_SCENARIO("nfs/server_without_memory", server_without_memory)
    .model(model)
    .summary("the same where one of the server's allocations fails")
    .cpus(5)
    .executions(5'000)
    .finds(Defect::queue_failure_ignored, Kind::invariant);

void lossy_network(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {1000, 1};
  options.faults = {.lost = 1, .duplicated = 1};
  leave_and_umount(world, defects, options);
}
HEDDLE_SCENARIO("nfs/lossy_network", lossy_network)
    .model(model)
    .summary("the same where a message is lost and another duplicated, and calls are sent again")
    .cpus(5)
    .executions(5'000)
    .finds(Defect::reply_precedes_flush, Kind::invariant)
    .finds(Defect::replies_not_cached, Kind::invariant);

void connection_breaks(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {1000, 2, true};
  leave_and_umount(world, defects, options);
}
HEDDLE_SCENARIO("nfs/connection_breaks", connection_breaks)
    .model(model)
    .summary("the same over connections, which break; calls are sent again over new ones")
    .cpus(5)
    .time(sim::Time::clock)
    .executions(5'000)
    .finds(Defect::reply_precedes_flush, Kind::invariant)
    .finds(Defect::replies_not_cached, Kind::invariant);

void old_client(World& world, DefectBits defects) {
  Site::Options options;
  options.clients_know = false;
  leave_and_umount(world, defects, options);
}
HEDDLE_SCENARIO("nfs/old_client", old_client)
    .model(model)
    .summary("a client without the patch leaves a server with it: mountd alone is told")
    .cpus(5)
    .finds(Defect::pins_outlive_clients, Kind::invariant);

void late_calls(World& world, DefectBits defects) {
  Site::Options options;
  options.faults = {.duplicated = 1, .overtaken = 1};
  leave_and_umount(world, defects, options, true);
}
HEDDLE_SCENARIO("nfs/late_calls", late_calls)
    .model(model)
    .summary(
        "the same where messages are duplicated and overtaken, and a call comes late in any case")
    .cpus(5)
    .executions(5'000)
    .finds(Defect::reply_precedes_flush, Kind::invariant)
    .finds(Defect::renewed_by_anything, Kind::invariant);

void old_server(World& world, DefectBits defects) {
  Site::Options options;
  options.parameters.knows_umount = false;
  Site& site = world.create<Site>(world, defects, options);
  site.add_client("client", [&world](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number > 0) self.umount(number);
    world.expect(self.errors_logged() == 0, "L3: that a server lacks the procedure is no error");
  });
  site.boot_server();
  site.expect_free_in_the_end();
}
HEDDLE_SCENARIO("nfs/old_server", old_server)
    .model(model)
    .summary("a client with the patch unmounts from a server without it")
    .cpus(5)
    .checks("L3")
    .finds(Defect::unavailable_is_loud, Kind::invariant);

void mount_is_refused(World& world, DefectBits defects) {
  Site::Options options;
  options.parameters.exports = false;
  Site& site = world.create<Site>(world, defects, options);
  site.add_client("client", [](ClientHost&, Client& self) { self.mount(); });
  site.boot_server();
  world.settle([&world, &site] {
    world.expect(site.server().patched_umounts() == 0,
                 "nothing is unmounted that was never mounted");
  });
}
HEDDLE_SCENARIO("nfs/mount_is_refused", mount_is_refused)
    .model(model)
    .summary("a client asks for what is not exported")
    .cpus(5)
    .finds(Defect::failed_mount_sends_umount, Kind::invariant);

void short_argument(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [&world](ClientHost&, Client& self) {
    world.expect(self.send_umount(nullptr, 0) == -EINVAL, "a call without argument is refused");
  });
  site.boot_server();
}
HEDDLE_SCENARIO("nfs/short_argument", short_argument)
    .model(model)
    .summary("somebody calls UMOUNT without its argument")
    .cpus(5)
    .finds(Defect::argument_unchecked, {Kind::out_of_bounds, Kind::uninitialised});

// ---- others stay --------------------------------------------------------------------------------

/// One client has it mounted; then another one mounts and unmounts, and the administrator unmounts
/// at any moment.
void other_client_stays(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  ClientHost& stayer = site.add_client("stayer", [](ClientHost&, Client& self) { self.mount(); });
  site.add_client("leaver", [&site, &stayer](ClientHost&, Client& self) {
    stayer.task.join();
    const int number = self.mount();
    if (number > 0) self.umount(number);
  });
  site.boot_server();
  site.add_administrator([&stayer](Server& server) {
    stayer.task.join();
    server.umount();
  });
}
HEDDLE_SCENARIO("nfs/other_client_stays", other_client_stays)
    .model(model)
    .summary("one client unmounts while another stays idle, and the administrator unmounts")
    .cpus(6)
    .executions(5'000)
    .checks("S1")
    .finds(Defect::flush_is_global, Kind::invariant);

void two_mounts_of_a_host(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_client("client", [](ClientHost&, Client& self) {
    const int first = self.mount();
    const int second = self.mount();
    if (first > 0 && second > 0) self.umount(first);
  });
  site.boot_server();
  site.add_administrator([](Server& server) { server.umount(); });
}
HEDDLE_SCENARIO("nfs/two_mounts_of_a_host", two_mounts_of_a_host)
    .model(model)
    .summary("a client mounts twice and unmounts once, and the administrator unmounts")
    .cpus(5)
    .checks("S1")
    .finds(Defect::check_not_atomic, Kind::invariant)
    .finds(Defect::flush_is_global, Kind::invariant)
    .finds(Defect::removed_by_host, Kind::invariant);

void stranger_calls_umount(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  const ClientHost& user = site.add_client("user", [](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number > 0) self.access(number);
  });
  site.add_client("stranger", [](ClientHost&, Client& self) {
    const std::uint32_t number = 12'345;
    self.send_umount(&number, sizeof number);
  });
  site.boot_server();
  world.settle([&world, &site, &user] {
    world.expect(site.server().upcalls(user.host.id()) <= 1,
                 "S3: what others do costs a client no question to mountd");
  });
}
HEDDLE_SCENARIO("nfs/stranger_calls_umount", stranger_calls_umount)
    .model(model)
    .summary("a host that has nothing mounted calls UMOUNT while another one works")
    .cpus(6)
    .checks("S3")
    .finds(Defect::anybody_may_flush, Kind::invariant)
    .finds(Defect::flush_is_global, Kind::invariant);

// ---- crashes ------------------------------------------------------------------------------------

/// The client crashes at any step of what it does, and reboots or not; half of the executions are
/// kept for those crashes that come after the mount. In the end the file system is free within the
/// bound.
void crash_anywhere(World& world, DefectBits defects, bool takes_lock) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  const bool is_late = world.choose(2) == 1;
  const auto body = [takes_lock, is_late](ClientHost& host, Client& self) {
    if (host.host.boots() > 1) {
      self.notify();
      return;
    }
    const int number = self.mount();
    if (number <= 0) return;
    if (is_late) host.crash->raise();
    if (takes_lock) self.lock(number);
    self.umount(number);
  };
  ClientHost& client = site.add_client("client", body, is_late);
  site.boot_server();
  if (!is_late) client.host.may_crash(1, sim::AfterCrash::either);
  site.expect_free_in_the_end();
}

void client_crashes(World& world, DefectBits defects) { crash_anywhere(world, defects, false); }
HEDDLE_SCENARIO("nfs/client_crashes", client_crashes)
    .model(model)
    .summary("the client crashes at any step; the administrator tries until it can unmount")
    .cpus(5)
    .checks("L1")
    .finds(Defect::pins_outlive_clients, Kind::liveness);

void lock_holder_crashes(World& world, DefectBits defects) { crash_anywhere(world, defects, true); }
HEDDLE_SCENARIO("nfs/lock_holder_crashes", lock_holder_crashes)
    .model(model)
    .summary("the same for a client that takes a file lock")
    .cpus(5)
    .checks("L1")
    .finds(Defect::locks_outlive_clients, Kind::liveness);

void server_reboots(World& world, DefectBits defects) {
  Site::Options options;
  options.timing = {1000, 1};
  Site& site = world.create<Site>(world, defects, options);
  site.add_client("client", [](ClientHost&, Client& self) { self.mount(); });
  site.boot_server([&site] {
    if (site.server_host().boots() > 1)
      site.add_administrator([](Server& server) { server.umount(); });
  });
  site.server_host().may_crash(1, sim::AfterCrash::reboots);
}
HEDDLE_SCENARIO("nfs/server_reboots", server_reboots)
    .model(model)
    .summary("the server crashes and comes up again, and its administrator unmounts at once")
    .cpus(5)
    .checks("S1")
    .finds(Defect::pins_outlive_clients, Kind::invariant)
    .finds(Defect::no_grace, Kind::invariant);

// ---- the server stops ---------------------------------------------------------------------------

void server_stops(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_leaving_client();
  site.boot_server();
  site.add_administrator([](Server& server) { server.stop(); });
}
HEDDLE_SCENARIO("nfs/server_stops", server_stops)
    .model(model)
    .summary("the last nfsd thread goes while a client unmounts")
    .cpus(5)
    .executions(10'000)
    .finds(Defect::flush_takes_nfsd_mutex, {Kind::deadlock, Kind::hung_task})
    .finds(Defect::flushed_after_shutdown, Kind::use_after_free);

void module_is_loaded(World& world, DefectBits defects) {
  Site::Options options;
  options.loads_late = true;
  Site& site = world.create<Site>(world, defects, options);
  site.add_leaving_client();
  site.boot_server();
  site.add_administrator([](Server& server) { server.load(); });
}
HEDDLE_SCENARIO("nfs/module_is_loaded", module_is_loaded)
    .model(model)
    .summary("the patch's module is loaded while a client unmounts")
    .cpus(5)
    .finds(Defect::work_queued_before_init, {Kind::lock_misuse, Kind::uninitialised});

void module_is_removed(World& world, DefectBits defects) {
  Site& site = world.create<Site>(world, defects, Site::Options{});
  site.add_leaving_client();
  site.boot_server();
  site.add_administrator([](Server& server) { server.exit(); });
}
HEDDLE_SCENARIO("nfs/module_is_removed", module_is_removed)
    .model(model)
    .summary("the patch's module is unloaded while a client unmounts")
    .cpus(5)
    .executions(5'000)
    .finds(Defect::queue_dangles, Kind::use_after_free);

}  // namespace
}  // namespace heddle::scenarios::nfs
