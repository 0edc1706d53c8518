// nfs under generated workloads: whatever clients and the administrator do and whatever goes wrong,
// S1, S2 and S4 hold at every step, and the file system is free in the end.
#include "scenarios/families/nfs_support.hpp"
#include "scenarios/properties/nfs_workload.hpp"
#include "scenarios/registry/property.hpp"

namespace heddle::scenarios::nfs {
namespace {

constexpr std::uint64_t written = 7;

void run_client(ClientHost& host, Client& self, const std::vector<ClientStep>& steps) {
  if (host.host.boots() > 1) {
    self.notify();
    self.umount_all();
    return;
  }
  int number = 0;
  for (const ClientStep step : steps) {
    if (step == ClientStep::mount) {
      number = self.mount();
      continue;
    }
    if (number <= 0) continue;
    if (step == ClientStep::use) self.access(number);
    if (step == ClientStep::lock) self.lock(number);
    if (step == ClientStep::unlock) self.unlock(number);
    if (step == ClientStep::write) self.write(written);
    if (step == ClientStep::sync) self.sync(number);
    if (step != ClientStep::umount) continue;
    self.umount(number);
    number = 0;
  }
}

void run_administrator(Server& server, const std::vector<AdministratorStep>& steps) {
  for (const AdministratorStep step : steps) {
    if (step == AdministratorStep::umount) server.umount();
    if (step == AdministratorStep::flush) server.flush();
    if (step == AdministratorStep::revoke) server.revoke();
    if (step == AdministratorStep::exit) server.exit();
  }
}

void property(World& world, const Estate& plan, DefectBits defects) {
  Site::Options options;
  options.has_disk = true;
  options.timing = {1000, 2};
  options.faults = {plan.lost, plan.duplicated, plan.overtaken};
  Site& site = world.create<Site>(world, defects, options);
  for (const std::vector<ClientStep>& steps : plan.clients) {
    ClientHost& client = site.add_client(
        "client", [&steps](ClientHost& host, Client& self) { run_client(host, self, steps); });
    if (plan.crash != 0 && &steps == plan.clients.data())
      client.host.may_crash(1, sim::AfterCrash::either);
  }
  site.boot_server([&site, &plan] {
    site.add_administrator(
        [&plan](Server& server) { run_administrator(server, plan.administrator); });
  });
  if (plan.reboot != 0) site.server_host().may_crash(1, sim::AfterCrash::reboots);
  site.expect_free_in_the_end();
  world.finally([&world, &site] {
    const std::uint64_t stable = site.truth().stable();
    world.expect(stable == 0 || site.disk().durable(Server::data_block) == stable,
                 "S2: what a client was told to be stable is on the disk");
  });
}
HEDDLE_PROPERTY("nfs/property", Estate, property)
    .model(model)
    .summary("clients and the administrator do as generated, and hosts and messages get lost")
    .cpus(6)
    .executions(50)
    .workloads(100)
    .finds(Defect::flush_is_global, Kind::invariant)
    .finds(Defect::pins_outlive_clients, {Kind::liveness, Kind::invariant})
    .finds(Defect::locks_outlive_clients, Kind::liveness)
    .finds(Defect::umount_precedes_writeback, Kind::invariant)
    .finds(Defect::removed_by_host, Kind::invariant);

}  // namespace
}  // namespace heddle::scenarios::nfs
