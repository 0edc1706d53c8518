// Remote procedure calls over datagrams, as SunRPC makes them: a call has a number (xid) that its
// retransmissions keep, so that late and duplicated replies are told from the one that is waited
// for, and a server can repeat a reply instead of a call (duplicate request cache).
//
// A client may use a connection, as over TCP: what is sent twice arrives once, what is late from an
// older connection is dropped, and a call is sent again only over a new one. A connection ends when
// the server has forgotten it (a reboot, svc_break), or when a call is not answered in time; the
// client makes a new one and sends the call again, with its xid.
//
// Not modelled: bytes in a stream, and that TCP repairs losses by itself; credentials; back-off
// between retransmissions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/machine/network.hpp"

namespace heddle::sim::kernel {

/// Results of a call besides those of the procedure, which are 0 or positive, or negative errno.
inline constexpr int EPROC_UNAVAIL = 10'002;

struct rpc_header {
  std::uint32_t xid;
  std::uint32_t procedure;   ///< in a reply: the same
  std::int32_t status;       ///< of replies
  std::uint32_t connection;  ///< 0: a datagram
};

/// The calling end; one call at a time. All zero bytes are not one: rpc_init.
struct rpc_client {
  Network* network;
  Mailbox* server;
  Mailbox* replies;
  std::uint32_t next_xid;
  std::int64_t timeout_ms;        ///< of each transmission
  std::uint32_t retransmissions;  ///< of a soft call; then it fails with -ETIMEDOUT
  bool connects;                  ///< calls take a connection; false after rpc_init
  std::uint32_t connection;       ///< 0: there is none at the moment
};

enum class rpc_task : std::uint8_t { hard, soft };

/// `first_xid`: other boots and clients of the mailbox begin elsewhere.
void rpc_init(rpc_client* client, Network& network, Mailbox& server, Mailbox& replies,
              std::uint32_t first_xid, std::int64_t timeout_ms, std::uint32_t retransmissions);
/// Sends the call, again after each timeout, and waits for its reply; a hard one without end, as it
/// never gives up. To connect counts as a transmission of its own if it fails.
/// @returns the reply's status, -ETIMEDOUT, or -EPROC_UNAVAIL. `reply` may be nullptr; bytes that
/// the reply lacks are left as they are.
int rpc_call_sync(rpc_client* client, std::uint32_t procedure, const void* argument,
                  std::size_t argument_size, void* reply, std::size_t reply_size, rpc_task kind);

/// A call that nobody waits for, and that has no reply: sent once.
void rpc_send(Network& network, Mailbox& server, std::uint32_t procedure, const void* argument,
              std::size_t argument_size);

struct svc_connections;

/// A call as its server sees it.
struct svc_request {
  Message message;
  rpc_header header;
  const svc_connections* connections = nullptr;  ///< over one of which it came; nullptr: none
  const unsigned char* argument() const { return message.bytes + sizeof(rpc_header); }
  std::size_t argument_size() const { return message.size - sizeof(rpc_header); }
};

/// Replies of calls that must not be executed twice, by client and xid. Forgets the oldest one;
/// lost with the memory of its host. All zero bytes are an empty one.
struct duplicate_request_cache {
  static constexpr std::size_t entries_max = 8;
  struct entry {
    HostId client;
    std::uint32_t xid;
    std::uint32_t procedure;
    std::int32_t status;
    bool used;
  };
  std::array<entry, entries_max> entries;
  std::uint32_t next;
};

/// A server's ends of its connections, one for each client; lost with the memory of its host. All
/// zero bytes are none. Its functions are atomic, and need no lock.
struct svc_connections {
  static constexpr std::size_t entries_max = 64;
  struct entry {
    std::uint32_t connection;  ///< 0: none
    std::uint32_t last_xid;    ///< what is older came twice
  };
  std::array<entry, entries_max> entries;
};

/// Deals with what came about connections themselves: accepts new ones, resets unknown ones, and
/// drops what came twice. To be asked first about each call, if clients may connect.
/// @returns whether the call is to be executed.
bool svc_is_connected(Network& network, svc_connections* connections, svc_request* request);
/// The server's end of the client's connection is gone, and replies over it with it.
void svc_break(svc_connections* connections, HostId client);

/// Waits for a call. Messages that are too short for one are dropped.
void svc_receive(Mailbox& calls, svc_request* request);
/// Answers it.
void svc_reply(Network& network, const svc_request& request, int status,
               const void* reply = nullptr, std::size_t reply_size = 0);
/// Was the call answered before? Then the reply is repeated. @pre guarded by the caller.
bool svc_repeats(Network& network, const duplicate_request_cache& cache,
                 const svc_request& request);
/// Remembers what svc_reply said.
void svc_remember(duplicate_request_cache* cache, const svc_request& request, int status);

}  // namespace heddle::sim::kernel
