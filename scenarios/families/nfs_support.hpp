// What the nfs scenarios share: a server, clients on hosts of their own, and the network between.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/nfs/client.hpp"
#include "models/nfs/server.hpp"
#include "models/nfs/truth.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/machine/disk.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::nfs {

using namespace models::nfs;
using sim::Host;
using sim::World;
using Kind = sim::FindingKind;

extern const Model model;

/// Of virtual time.
void sleep_until(World& world, std::int64_t moment_ms);

/// A host with a client; its CPU comes after those of who was created before.
struct ClientHost {
  Host host;
  sim::Task task;  ///< of the present boot
  sim::Mailbox* replies = nullptr;
  Client* client = nullptr;               ///< of the present boot
  sim::InterruptSource* crash = nullptr;  ///< to be raised when its time has come
  int number = 0;                         ///< of a mount that another task of the host is to use
  bool has_left = false;                  ///< it was told that the server knows of its unmount

  ClientHost(World& world, const char* name) : host(world, name, 1), task(world.machine().self()) {}
};

/// A server with a CPU for each of its tasks (nfsd, worker, administrator, mountd, and any more
/// threads of nfsd), and clients with one each.
class Site {
 public:
  static constexpr std::uint16_t server_cpus = 4;

  struct Options {
    sim::MessageFaults faults{};
    Client::Timing timing{};
    Parameters parameters{};
    bool has_disk = false;           ///< clients write
    bool loads_late = false;         ///< the patch's module is loaded by who calls Server::load
    bool clients_know = true;        ///< false: clients without the patch
    std::uint16_t nfsd_threads = 1;  ///< 1..Ports::threads_max
  };

  Site(World& world, DefectBits defects, const Options& options);

  /// The server comes up; at each boot `then` is called as well, in the same go.
  template <class Then>
  void boot_server(Then&& then) {
    server_host_.boot([this, then] {
      create_server();
      then();
    });
  }
  void boot_server() {
    boot_server([] {});
  }

  /// A client that runs `body`, a void (ClientHost&, Client&), at each boot. `may_crash`: it has a
  /// source of crashes, to be raised.
  template <class Body>
  ClientHost& add_client(const char* name, Body&& body, bool may_crash = false) {
    ClientHost& made = world_.create<ClientHost>(world_, name);
    if (may_crash)
      made.crash =
          &world_.create<sim::InterruptSource>(made.host.may_crash(0, sim::AfterCrash::either));
    made.replies = &network_.mailbox(name, made.host.id());
    made.host.boot([this, &made, body, name] {
      create_client(made);
      made.task = made.host.task(name, [&made, body] { body(made, *made.client); });
    });
    return made;
  }

  /// A client that mounts, and unmounts what it got.
  ClientHost& add_leaving_client();

  /// What the server's administrator does on a CPU of his own, a void (Server&), in this boot.
  /// @pre the server is up.
  template <class Body>
  void add_administrator(Body&& body) {
    constexpr std::uint16_t cpu = 2;
    server_host_.task("administrator", [body, &server = *server_] { body(server); }, cpu);
  }

  /// The server's ends of the client's connections may go, once, at any step.
  void may_break_connections(const ClientHost& client);

  /// Raised, the server is cut off from all others at any later step, and comes back at any step
  /// after that. @pre called by set-up, once.
  sim::InterruptSource server_cut();

  /// When all has come to rest, the administrator tries again and again: the file system must be
  /// free within the bound of the design. Liveness, L1.
  void expect_free_in_the_end();

  World& world() { return world_; }
  Host& server_host() { return server_host_; }
  Server& server() { return *server_; }
  sim::Network& network() { return network_; }
  const Truth& truth() const { return truth_; }
  sim::Disk& disk() { return *disk_; }

 private:
  void create_server();
  void create_client(ClientHost& client);

  World& world_;
  Options options_;
  sim::Network& network_;
  Truth& truth_;
  Host& server_host_;
  Ports& ports_;
  sim::Disk* disk_ = nullptr;
  Server* server_ = nullptr;
};

}  // namespace heddle::scenarios::nfs
