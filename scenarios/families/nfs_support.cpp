#include "scenarios/families/nfs_support.hpp"

namespace heddle::scenarios::nfs {

using sim::Machine;

Site::Site(World& world, DefectBits defects, const Options& options)
    : world_(world),
      options_(options),
      network_(world.create<sim::Network>(options.faults)),
      truth_(world.create<Truth>()),
      server_host_(world.create<Host>(world, "server", server_cpus)),
      calls_(network_.mailbox("nfsd", server_host_.id(), 64)) {
  options_.parameters.defects = Defects(defects);
  if (options_.has_disk || design_of(options_.parameters.defects) == Design::mount_table)
    disk_ = &world.create<sim::Disk>(server_host_.id());
}

void Site::create_server() {
  Server& server = world_.create<Server>(world_, server_host_, network_, calls_, disk_, truth_,
                                         options_.parameters);
  server_ = &server;
  world_.name(server, "nfsd_state");
  server_host_.daemon("nfsd", [&server] {
    if (server.init() == 0) server.serve();
  });
}

void Site::create_client(ClientHost& host) {
  // No two boots of a client use the same numbers for their calls.
  const std::uint32_t first_xid = host.host.id().value * 1'000'000u + host.host.boots() * 10'000u;
  host.client =
      &world_.create<Client>(world_, host.host, network_, calls_, *host.replies, first_xid,
                             options_.timing, truth_, options_.parameters.defects);
}

ClientHost& Site::add_leaving_client() {
  return add_client("client", [](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number > 0) self.umount(number);
  });
}

void Site::expect_free_in_the_end() {
  world_.settle([this] {
    Machine& machine = Machine::running();
    const std::int64_t begun_ms = machine.now_ms();
    const std::int64_t bound_ms = server_->bound_ms();
    while (server_->umount() != 0) {
      if (machine.now_ms() - begun_ms > bound_ms) {
        world_.fail(Kind::liveness,
                    "L1: the file system is free within the bound after its last client has gone");
        return;
      }
      machine.sleep_until(machine.now_ms() + bound_ms / 12, {});
    }
  });
}

}  // namespace heddle::scenarios::nfs
