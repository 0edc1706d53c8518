// Calls to another host: retransmission, late replies, the duplicate request cache. Each rule by
// the smallest program, in every schedule.
#include "sim/kernel/rpc.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/kernel/errno.hpp"
#include "sim/machine/host.hpp"
#include "tests/support/every_schedule.hpp"

namespace heddle::tests {
namespace {

using namespace sim;
using namespace sim::kernel;

constexpr std::uint32_t add = 1;

/// A server that adds, and a client with `calls` calls of 1, 2, …
struct Service {
  Service(World& world, const MessageFaults& faults, bool caches_replies)
      : network(world.create<Network>(faults)),
        client_host(world, "client", 1),
        server_host(world, "server", 1),
        calls(network.mailbox("calls", server_host.id())),
        replies(network.mailbox("replies", client_host.id())),
        caches(caches_replies) {
    rpc_init(&client, network, calls, replies, 7, 10, 1);
  }

  void serve() {
    for (svc_request request;;) {
      svc_receive(calls, &request);
      if (!svc_is_connected(network, &connections, &request)) continue;
      if (caches && svc_repeats(network, cache, request)) continue;
      if (request.header.procedure != add) {
        svc_reply(network, request, -EPROC_UNAVAIL);
        continue;
      }
      int value = 0;
      __builtin_memcpy(&value, request.argument(), sizeof value);
      sum += value;
      Machine::running().sleep_until(0, {});  // a step in between
      if (caches) svc_remember(&cache, request, sum);
      svc_reply(network, request, sum);
    }
  }
  int call(int value, rpc_task kind, std::uint32_t procedure = add) {
    return rpc_call_sync(&client, procedure, &value, sizeof value, nullptr, 0, kind);
  }

  Network& network;
  Host client_host, server_host;
  Mailbox& calls;
  Mailbox& replies;
  rpc_client client{};
  duplicate_request_cache cache{};
  svc_connections connections{};
  bool caches;
  int sum = 0;
};

/// What two calls, of 1 and 2, return in all executions, and the server's sum in the end.
Orders results(const MessageFaults& faults, bool caches, bool has_server = true,
               Time time = Time::clock) {
  MachineConfig config = with_cpus(2);
  config.time = time;
  return all_orders(config, [&](World& world, Order& order) {
    auto& service = world.create<Service>(world, faults, caches);
    if (has_server) service.server_host.daemon("server", [&service] { service.serve(); });
    service.client_host.task("client", [&service, &order] {
      for (const int value : {1, 2}) {
        const int result = service.call(value, rpc_task::soft);
        order.note(result == -ETIMEDOUT ? 't' : static_cast<char>('0' + result));
      }
    });
    world.finally([&service, &order] { order.note(static_cast<char>('0' + service.sum)); });
  });
}

TEST(Rpc, ACallHasItsReply) { EXPECT_EQ(results({}, false), (Orders{"133"})); }

TEST(Rpc, ALostMessageIsSentAgain) {
  // If it is the reply that is lost, the call is executed twice.
  EXPECT_EQ(results({.lost = 1}, false), (Orders{"133", "244", "155"}));
}

TEST(Rpc, ARepeatedCallHasItsRepeatedReply) {
  EXPECT_EQ(results({.lost = 1}, true), (Orders{"133"}));
}

TEST(Rpc, ADuplicatedCallIsExecutedOnce) {
  EXPECT_EQ(results({.duplicated = 1}, true), (Orders{"133"}));
  EXPECT_NE(results({.duplicated = 1}, false), (Orders{"133"}));
}

TEST(Rpc, ASoftCallGivesUp) { EXPECT_EQ(results({}, false, false), (Orders{"tt0"})); }

TEST(Rpc, ALateReplyIsNotTakenForAnother) {
  for (const std::string& seen : results({}, true, true, Time::asynchronous)) {
    EXPECT_TRUE(seen[0] == '1' || seen[0] == 't') << seen;
    EXPECT_TRUE(seen[1] == '3' || seen[1] == '2' || seen[1] == 't') << seen;
  }
}

TEST(Rpc, AnUnknownProcedureIsUnavailable) {
  const Orders orders = all_orders(with_cpus(2), [](World& world, Order& order) {
    auto& service = world.create<Service>(world, MessageFaults{}, false);
    service.client.timeout_ms = Machine::for_ever;
    service.server_host.daemon("server", [&service] { service.serve(); });
    service.client_host.task("client", [&service, &order] {
      if (service.call(1, rpc_task::hard, 99) == -EPROC_UNAVAIL) order.note('u');
    });
  });
  EXPECT_EQ(orders, (Orders{"u"}));
}

// ---- connections --------------------------------------------------------------------------------

/// The same as results(), over a connection that may break once at any step.
Orders connected_results(const MessageFaults& faults, bool caches, bool breaks) {
  MachineConfig config = with_cpus(2);
  config.time = Time::clock;
  return all_orders(config, [&](World& world, Order& order) {
    auto& service = world.create<Service>(world, faults, caches);
    service.client.connects = true;
    service.server_host.daemon("server", [&service] { service.serve(); });
    service.client_host.task("client", [&service, &order] {
      for (const int value : {1, 2}) {
        const int result = service.call(value, rpc_task::hard);
        order.note(static_cast<char>('0' + result));
      }
    });
    if (breaks)
      world.machine().create_fault("break", sim::Strikes::link, 1, world.store([&service] {
        svc_break(&service.connections, service.client_host.id());
      }));
    world.finally([&service, &order] { order.note(static_cast<char>('0' + service.sum)); });
  });
}

TEST(Rpc, OverAConnectionACallHasItsReply) {
  EXPECT_EQ(connected_results({}, false, false), (Orders{"133"}));
}

TEST(Rpc, OverAConnectionWhatComesTwiceIsExecutedOnce) {
  EXPECT_EQ(connected_results({.duplicated = 1}, false, false), (Orders{"133"}));
}

TEST(Rpc, OverANewConnectionACallIsSentAgain) {
  // If it is executed when its connection breaks, the reply is lost and it is executed twice.
  EXPECT_EQ(connected_results({}, false, true), (Orders{"133", "244", "155"}));
}

TEST(Rpc, OverANewConnectionARepeatedCallHasItsRepeatedReply) {
  EXPECT_EQ(connected_results({}, true, true), (Orders{"133"}));
}

TEST(Rpc, AServerThatCameUpAgainHasNoConnections) {
  MachineConfig config = with_cpus(2);
  config.time = Time::clock;
  std::set<std::uint32_t> seen;
  const Orders orders = all_orders(config, [&seen](World& world, Order& order) {
    auto& service = world.create<Service>(world, MessageFaults{}, false);
    service.client.connects = true;
    service.server_host.boot([&service] {
      service.connections = {};
      service.server_host.daemon("server", [&service] { service.serve(); });
    });
    service.client_host.task("client", [&service, &order, &seen] {
      order.note(static_cast<char>('0' + service.call(1, rpc_task::hard)));
      const std::uint32_t first = service.client.connection;
      Machine& machine = Machine::running();
      machine.crash(service.server_host.id(), {});
      machine.reboot(service.server_host.id(), {});
      order.note(static_cast<char>('0' + service.call(1, rpc_task::hard)));
      seen.insert(service.client.connection - first);
    });
  });
  EXPECT_EQ(orders, (Orders{"12"}));
  EXPECT_FALSE(seen.contains(0)) << "the second call took a new connection";
}

TEST(Rpc, WithoutAServerASoftCallCannotConnect) {
  MachineConfig config = with_cpus(2);
  config.time = Time::clock;
  const Orders orders = all_orders(config, [](World& world, Order& order) {
    auto& service = world.create<Service>(world, MessageFaults{}, false);
    service.client.connects = true;
    service.client_host.task("client", [&service, &order] {
      if (service.call(1, rpc_task::soft) == -ETIMEDOUT) order.note('t');
    });
  });
  EXPECT_EQ(orders, (Orders{"t"}));
}

}  // namespace
}  // namespace heddle::tests
