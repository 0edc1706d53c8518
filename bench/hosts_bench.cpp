// A large world: fifty clients that mount, use and unmount what one server exports, by the clock.
#include <cstdint>

#include <benchmark/benchmark.h>

#include "bench/machine.hpp"
#include "models/nfs/client.hpp"
#include "models/nfs/server.hpp"
#include "models/nfs/truth.hpp"
#include "sim/choice/random.hpp"
#include "sim/machine/host.hpp"
#include "sim/machine/network.hpp"

namespace heddle::bench {
namespace {

using namespace sim;
using models::nfs::Client;
using models::nfs::Ports;
using models::nfs::Server;
using models::nfs::Truth;

constexpr std::uint16_t clients = 50;
constexpr std::uint16_t server_cpus = 3;  // nfsd, its worker, mountd
constexpr std::uint64_t steps = 1'000'000;

std::int64_t simulated_ms = 0;

void set_up(World& world) {
  auto& network = world.create<Network>(MessageFaults{.lost = 100, .duplicated = 100});
  auto& truth = world.create<Truth>();
  auto& server_host = world.create<Host>(world, "server", server_cpus);
  auto& ports = world.create<Ports>(world, network, server_host.id());
  auto& server =
      world.create<Server>(world, server_host, ports, nullptr, truth, models::nfs::Parameters{});
  server_host.daemon("mountd", [&server] { server.serve_mounts(); }, 2);
  server_host.daemon("nfsd", [&server] {
    if (server.start() != 0) return;
    server.load();
    server.serve(0);
  });
  for (std::uint16_t i = 0; i < clients; ++i) {
    auto& host = world.create<Host>(world, "client", std::uint16_t{1});
    Mailbox& replies = network.mailbox("client", host.id());
    auto& client = world.create<Client>(world, host, ports, replies, i * 1'000'000u,
                                        Client::Timing{1'000, 3}, truth, models::nfs::Defects{});
    host.task("client", [&client, i] {
      Machine& machine = Machine::running();
      for (;;) {
        const int number = client.mount();
        for (int n = 0; n < 4 && number > 0; ++n) {
          machine.sleep_until(machine.now_ms() + 100 + i, {});
          client.access(number);
        }
        if (number > 0) client.umount(number);
        simulated_ms = machine.now_ms();
      }
    });
  }
}

void fifty_clients_and_a_server(benchmark::State& state) {
  MachineConfig config;
  config.cpus = clients + server_cpus;
  config.time = Time::clock;
  config.limits.steps_max = steps;
  machine().configure(config);
  RandomChooser chooser(1);
  std::uint64_t taken = 0;
  for (auto _ : state) {
    machine().run({[](void*) { set_up(World::of(Machine::running())); }, nullptr}, chooser, {});
    taken += machine().steps();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(taken));
  state.counters["simulated_s"] = static_cast<double>(simulated_ms) / 1000;
}
BENCHMARK(fifty_clients_and_a_server)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace heddle::bench
