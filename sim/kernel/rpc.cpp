#include "sim/kernel/rpc.hpp"

#include <algorithm>
#include <cstring>

#include "sim/core/call_place.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

std::size_t pack(unsigned char (&bytes)[Message::bytes_max], const rpc_header& header,
                 const void* body, std::size_t size) {
  Machine::running().require(sizeof header + size <= sizeof bytes, "a call fits into a message");
  std::memcpy(bytes, &header, sizeof header);
  if (size != 0) std::memcpy(bytes + sizeof header, body, size);
  return sizeof header + size;
}

/// The procedure by which a connection is made; no program has it.
constexpr std::uint32_t connect_procedure = 0xFFFF'FFFF;

rpc_header header_of(const Message& message) {
  rpc_header header{};
  if (message.size >= sizeof header) std::memcpy(&header, message.bytes, sizeof header);
  return header;
}

}  // namespace

namespace {

/// One transmission, and the reply to it. @returns whether it came in time.
bool transmit(rpc_client* client, const rpc_header& header, const void* argument, std::size_t size,
              bool waits_for_ever, Message& reply, Place place) {
  Machine& machine = Machine::running();
  unsigned char bytes[Message::bytes_max];
  const std::size_t packed = pack(bytes, header, argument, size);
  client->network->send(*client->server, bytes, packed, client->replies, place);
  const std::int64_t deadline =
      waits_for_ever ? Machine::for_ever : machine.now_ms() + client->timeout_ms;
  while (client->replies->receive_until(reply, deadline, place)) {
    const rpc_header answer = header_of(reply);
    if (answer.xid == header.xid && answer.connection == header.connection) return true;
  }  // else it was late, or another's
  return false;
}

/// Numbers of connections rise, as those of calls do.
bool connect(rpc_client* client, bool waits_for_ever, Place place) {
  const std::uint32_t number = client->next_xid++;
  Message reply;
  if (!transmit(client, {number, connect_procedure, 0, number}, nullptr, 0, waits_for_ever, reply,
                place))
    return false;
  client->connection = number;
  return true;
}

}  // namespace

void rpc_init(rpc_client* client, Network& network, Mailbox& server, Mailbox& replies,
              std::uint32_t first_xid, std::int64_t timeout_ms, std::uint32_t retransmissions) {
  *client = {&network, &server, &replies, first_xid, timeout_ms, retransmissions, false, 0};
}

int rpc_call_sync(rpc_client* client, std::uint32_t procedure, const void* argument,
                  std::size_t argument_size, void* reply, std::size_t reply_size, rpc_task kind) {
  const Place place = HEDDLE_CALL_PLACE;
  may_sleep(Machine::running(), event_can_sleep, place);
  rpc_header header{client->next_xid++, procedure, 0, 0};
  // A hard call that nothing can happen to need not be repeated: its reply comes, or never.
  const bool waits_for_ever = kind == rpc_task::hard && client->timeout_ms == Machine::for_ever;
  for (std::uint32_t tries = 0;;) {
    const bool can_send =
        !client->connects || client->connection != 0 || connect(client, waits_for_ever, place);
    header.connection = client->connection;
    Message message;
    if (can_send &&
        transmit(client, header, argument, argument_size, waits_for_ever, message, place)) {
      const rpc_header answer = header_of(message);
      if (!client->connects || answer.status != -ECONNRESET) {
        const std::size_t body = message.size - sizeof answer;
        if (reply != nullptr)
          std::memcpy(reply, message.bytes + sizeof answer, std::min(body, reply_size));
        return answer.status;
      }
      client->connection = 0;  // the server does not know it; that much is an answer
      continue;
    }
    client->connection = 0;
    if (kind == rpc_task::soft && tries++ == client->retransmissions) return -ETIMEDOUT;
  }
}

// ---- the server's ends of connections -----------------------------------------------------------

namespace {

ObjectId object_of(const svc_connections& connections) {
  return ObjectId::memory(reinterpret_cast<std::uintptr_t>(&connections));
}

bool is_open(const svc_connections& connections, const svc_request& request) {
  Machine::running().uses(object_of(connections), Mode::read);
  const auto& entry = connections.entries[request.message.from.value];
  return entry.connection != 0 && entry.connection == request.header.connection;
}

}  // namespace

void rpc_send(Network& network, Mailbox& server, std::uint32_t procedure, const void* argument,
              std::size_t argument_size) {
  unsigned char bytes[Message::bytes_max];
  const std::size_t size = pack(bytes, {0, procedure, 0, 0}, argument, argument_size);
  network.send(server, bytes, size, nullptr, HEDDLE_CALL_PLACE);
}

void svc_receive(Mailbox& calls, svc_request* request) {
  const Place place = HEDDLE_CALL_PLACE;
  do {
    calls.receive(request->message, place);
  } while (request->message.size < sizeof(rpc_header));
  request->header = header_of(request->message);
  request->connections = nullptr;
}

bool svc_is_connected(Network& network, svc_connections* connections, svc_request* request) {
  if (request->header.connection == 0) return true;
  Machine::running().uses(object_of(*connections), Mode::write);
  auto& entry = connections->entries[request->message.from.value];
  request->connections = connections;
  if (request->header.procedure == connect_procedure) {
    // One that was made before the present one comes late.
    if (request->header.connection <= entry.connection) return false;
    entry = {request->header.connection, 0};
    svc_reply(network, *request, 0);
    return false;
  }
  if (!is_open(*connections, *request)) {
    request->connections = nullptr;
    svc_reply(network, *request, -ECONNRESET);
    return false;
  }
  if (request->header.xid <= entry.last_xid) return false;
  entry.last_xid = request->header.xid;
  return true;
}

void svc_break(svc_connections* connections, HostId client) {
  Machine::running().uses(object_of(*connections), Mode::write);
  connections->entries[client.value] = {};
}

void svc_reply(Network& network, const svc_request& request, int status, const void* reply,
               std::size_t reply_size) {
  if (request.message.answer_to == nullptr) return;
  if (request.connections != nullptr && !is_open(*request.connections, request)) return;
  unsigned char bytes[Message::bytes_max];
  const rpc_header header{request.header.xid, request.header.procedure, status,
                          request.header.connection};
  const std::size_t size = pack(bytes, header, reply, reply_size);
  network.send(*request.message.answer_to, bytes, size, nullptr, HEDDLE_CALL_PLACE);
}

bool svc_repeats(Network& network, const duplicate_request_cache& cache,
                 const svc_request& request) {
  for (const auto& entry : cache.entries) {
    if (!entry.used || entry.client != request.message.from || entry.xid != request.header.xid ||
        entry.procedure != request.header.procedure)
      continue;
    svc_reply(network, request, entry.status);
    return true;
  }
  return false;
}

void svc_remember(duplicate_request_cache* cache, const svc_request& request, int status) {
  auto& entry = cache->entries[cache->next++ % duplicate_request_cache::entries_max];
  entry = {request.message.from, request.header.xid, request.header.procedure, status, true};
}

}  // namespace heddle::sim::kernel
