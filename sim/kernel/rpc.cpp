#include "sim/kernel/rpc.hpp"

#include <algorithm>
#include <cstring>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/place.hpp"
#include "sim/kernel/sleep.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::sim::kernel {
namespace {

std::size_t pack(unsigned char (&bytes)[Message::bytes_max], const rpc_header& header,
                 const void* body, std::size_t size) {
  HEDDLE_CHECK(sizeof header + size <= sizeof bytes, "a call fits into a message");
  std::memcpy(bytes, &header, sizeof header);
  if (size != 0) std::memcpy(bytes + sizeof header, body, size);
  return sizeof header + size;
}

rpc_header header_of(const Message& message) {
  rpc_header header{};
  if (message.size >= sizeof header) std::memcpy(&header, message.bytes, sizeof header);
  return header;
}

}  // namespace

void rpc_init(rpc_client* client, Network& network, Mailbox& server, Mailbox& replies,
              std::uint32_t first_xid, std::int64_t timeout_ms, std::uint32_t retransmissions) {
  *client = {&network, &server, &replies, first_xid, timeout_ms, retransmissions};
}

int rpc_call_sync(rpc_client* client, std::uint32_t procedure, const void* argument,
                  std::size_t argument_size, void* reply, std::size_t reply_size, rpc_task kind) {
  const Place place = HEDDLE_CALL_PLACE;
  Machine& machine = Machine::running();
  may_sleep(machine, event_can_sleep, place);
  const rpc_header header{client->next_xid++, procedure, 0};
  unsigned char bytes[Message::bytes_max];
  const std::size_t size = pack(bytes, header, argument, argument_size);
  // A hard call that nothing can happen to need not be repeated: its reply comes, or never.
  const bool waits_for_ever = kind == rpc_task::hard && client->timeout_ms == Machine::for_ever;
  for (std::uint32_t tries = 0;; ++tries) {
    client->network->send(*client->server, bytes, size, client->replies, place);
    const std::int64_t deadline =
        waits_for_ever ? Machine::for_ever : machine.now_ms() + client->timeout_ms;
    Message message;
    while (client->replies->receive_until(message, deadline, place)) {
      const rpc_header answer = header_of(message);
      if (answer.xid != header.xid) continue;  // late, or another's
      const std::size_t body = message.size - sizeof answer;
      if (reply != nullptr)
        std::memcpy(reply, message.bytes + sizeof answer, std::min(body, reply_size));
      return answer.status;
    }
    if (kind == rpc_task::soft && tries == client->retransmissions) return -ETIMEDOUT;
  }
}

void svc_receive(Mailbox& calls, svc_request* request) {
  const Place place = HEDDLE_CALL_PLACE;
  do {
    calls.receive(request->message, place);
  } while (request->message.size < sizeof(rpc_header));
  request->header = header_of(request->message);
}

void svc_reply(Network& network, const svc_request& request, int status, const void* reply,
               std::size_t reply_size) {
  if (request.message.answer_to == nullptr) return;
  unsigned char bytes[Message::bytes_max];
  const rpc_header header{request.header.xid, request.header.procedure, status};
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
