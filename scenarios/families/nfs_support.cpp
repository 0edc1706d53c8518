#include "scenarios/families/nfs_support.hpp"

namespace heddle::scenarios::nfs {

using sim::Machine;

namespace {

constexpr std::uint16_t mountd_cpu = 3;

}  // namespace

void sleep_until(World& world, std::int64_t moment_ms) {
  world.machine().sleep_until(moment_ms, {});
}

Site::Site(World& world, DefectBits defects, const Options& options)
    : world_(world),
      options_(options),
      network_(world.create<sim::Network>(options.faults)),
      truth_(world.create<Truth>()),
      server_host_(world.create<Host>(
          world, "server", static_cast<std::uint16_t>(server_cpus + options.nfsd_threads - 1))),
      ports_(world.create<Ports>(world, network_, server_host_.id())) {
  options_.parameters.defects = Defects(defects);
  if (options_.has_disk || design_of(options_.parameters.defects) == Design::mount_table)
    disk_ = &world.create<sim::Disk>(server_host_.id());
}

void Site::create_server() {
  Server& server =
      world_.create<Server>(world_, server_host_, ports_, disk_, truth_, options_.parameters);
  server_ = &server;
  world_.name(server, "nfsd_state");
  const std::uint16_t threads = options_.nfsd_threads;
  const bool loads = !options_.loads_late;
  const auto serve_on = [this, &server](std::uint16_t number) {
    const auto cpu = static_cast<std::uint16_t>(number == 0 ? 0 : mountd_cpu + number);
    server_host_.daemon("nfsd", [&server, number] { server.serve(number); }, cpu);
  };
  server_host_.daemon("nfsd", [this, &server, serve_on, threads, loads] {
    if (server.start() != 0) return;
    if (loads) server.load();
    for (std::uint16_t i = 1; i < threads; ++i) serve_on(i);
    server_host_.daemon("mountd", [&server] { server.serve_mounts(); }, mountd_cpu);
    server.serve(0);
  });
}

void Site::create_client(ClientHost& host) {
  // No two boots of a client use the same numbers for their calls.
  const std::uint32_t first_xid = host.host.id().value * 1'000'000u + host.host.boots() * 10'000u;
  host.client =
      &world_.create<Client>(world_, host.host, ports_, *host.replies, first_xid, options_.timing,
                             truth_, options_.parameters.defects, options_.clients_know);
}

ClientHost& Site::add_leaving_client() {
  return add_client("client", [](ClientHost&, Client& self) {
    const int number = self.mount();
    if (number > 0) self.umount(number);
  });
}

void Site::may_break_connections(const ClientHost& client) {
  const sim::HostId id = client.host.id();
  world_.machine().create_fault("break", sim::Strikes::link, 1,
                                world_.store([this, id] { server_->break_connections(id); }));
}

sim::InterruptSource Site::server_cut() {
  Machine& machine = world_.machine();
  const auto set = [this, &machine](bool is_cut) {
    const sim::HostId server = server_host_.id();
    for (std::uint16_t i = 0; i < machine.host_count(); ++i) {
      const sim::HostId other{i};
      if (other == server) continue;
      network_.cut(other, server, is_cut);
      network_.cut(server, other, is_cut);
    }
  };
  sim::Context& mend =
      machine.create_fault("mend", sim::Strikes::link, 0, world_.store([set] { set(false); }));
  return sim::InterruptSource(
      machine.create_fault("cut", sim::Strikes::link, 0, world_.store([&machine, set, &mend] {
        set(true);
        machine.raise(mend);
      })));
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
