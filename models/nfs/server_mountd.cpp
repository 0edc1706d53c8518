// mountd: one task, which clients ask for mounts and nfsd asks about clients, one after another.
// It has the table of exports (etab) and, with lock_, that of mounts (rmtab).
#include "models/nfs/server.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::models::nfs {

using namespace sim::kernel;

void Server::serve_mounts() {
  for (Request request;;) {
    svc_receive(ports_.mountd, &request);
    if (svc_is_connected(ports_.network, &to_mountd_, &request)) answer_mountd(request);
  }
}

/// Of all calls, a mount alone must not be executed twice.
void Server::answer_mountd(const Request& request) {
  if (request.header.procedure == static_cast<std::uint32_t>(Procedure::upcall)) {
    svc_reply(ports_.pipes, request, dispatch_mountd(request));
    return;
  }
  const bool is_mount = request.header.procedure == static_cast<std::uint32_t>(Procedure::mount);
  const bool is_cached = is_mount && !has(Defect::replies_not_cached);
  if (is_cached && svc_repeats(ports_.network, replies_, request)) return;
  if (is_mount && has(Defect::replied_before_registering)) {
    svc_reply(ports_.network, request, static_cast<int>(next_number_ + 1));
    dispatch_mountd(request);
    return;
  }
  const int status = dispatch_mountd(request);
  if (is_cached) svc_remember(&replies_, request, status);
  svc_reply(ports_.network, request, status);
}

int Server::dispatch_mountd(const Request& request) {
  const sim::HostId client = request.message.from;
  const auto procedure = static_cast<Procedure>(request.header.procedure);
  if (procedure == Procedure::upcall && client == host_.id()) {
    Question question;
    if (request.argument_size() != sizeof question) return -EINVAL;
    __builtin_memcpy(&question, request.argument(), sizeof question);
    return answer(question);
  }
  CallArgument argument;
  if (request.argument_size() != sizeof argument) return -EINVAL;
  __builtin_memcpy(&argument, request.argument(), sizeof argument);
  if (procedure == Procedure::mount) return do_mount(client, argument);
  if (procedure != Procedure::umnt && procedure != Procedure::umntall) return -EPROC_UNAVAIL;
  do_umnt(client, procedure == Procedure::umnt ? argument.number : 0);
  return 0;
}

bool Server::is_exported() {
  mutex_lock(&etab_lock_);
  const bool is_exported = exported_ && parameters_.exports;
  mutex_unlock(&etab_lock_);
  return is_exported;
}

/// A mount that is overtaken by the end of its export is entered all the same; its first use is
/// refused.
int Server::do_mount(sim::HostId client, const CallArgument& argument) {
  if (!is_exported()) return -EACCES;
  mutex_lock(&lock_);
  int result = -EACCES;
  if (exports_ != nullptr && mounted_) {
    const std::uint32_t number = ++next_number_;
    Mount* const mount = register_locked(client, number, argument.instance);
    if (mount != nullptr) renew_locked(*mount, argument);
    result = mount == nullptr ? -ENOMEM : static_cast<int>(number);
  }
  mutex_unlock(&lock_);
  return result;
}

/// Where nobody asks the table, it is all that changes: the caches know nothing of it.
/// `number`: 0 for all mounts of the client.
void Server::do_umnt(sim::HostId client, std::uint32_t number) {
  mutex_lock(&lock_);
  if (exports_ != nullptr)
    for (Mount& mount : exports_->mounts.mounts()) {
      if (mount.number == 0 || mount.client != client) continue;
      if (number != 0 && mount.number != number) continue;
      if (asks_table())
        give_up_locked(client, mount.number);
      else
        exports_->mounts.remove(mount, table_disk());
    }
  mutex_unlock(&lock_);
}

/// What the table said may have changed until it is entered: then nfsd asks again. About a key
/// mountd enters the path first, as it knows both.
int Server::answer(const Question& question) {
  const bool may_use = is_exported();
  mutex_lock(&lock_);
  int result = -EACCES;
  if (exports_ == nullptr || !mounted_) {
    result = -ESTALE;
  } else if (question.flushes != flushes_ && !has(Defect::upcall_outlives_revoke)) {
    result = -EAGAIN;
  } else if (may_use) {
    enter_locked(exports_->paths, question.client);
    if (question.of_key != 0) enter_locked(exports_->keys, question.client);
    result = 0;
  }
  mutex_unlock(&lock_);
  return result;
}

void Server::enter_locked(Cache& cache, sim::HostId client) {
  const std::int64_t now_ms = clock_ms();
  cache[client] = {true, false, parameters_.network_namespace, now_ms + Cache::ttl_ms,
                   moment_locked(now_ms)};
}

Question Server::question_locked(sim::HostId client) {
  ++upcalls_[client.value];
  const bool of_key = !exports_->keys.is_good(exports_->keys[client], clock_ms());
  return {client, static_cast<std::uint16_t>(of_key ? 1 : 0), flushes_};
}

/// The file handle is looked up in both caches, which pin what they know; mountd is asked for what
/// they do not. Lets go of lock_ meanwhile. @returns 0, -ESTALE or -EACCES.
int Server::look_up_locked(std::size_t thread, sim::HostId client) {
  bool was_answered = false;
  for (;;) {
    if (exports_ == nullptr || !mounted_) return -ESTALE;
    const std::int64_t now_ms = clock_ms();
    const Cache::Entry& key = exports_->keys[client];
    const Cache::Entry& path = exports_->paths[client];
    if (was_answered && key.is_there && path.is_there) return 0;
    if (exports_->keys.is_good(key, now_ms) && exports_->paths.is_good(path, now_ms)) {
      refresh_locked(client, now_ms);
      return 0;
    }
    const Question question = question_locked(client);
    mutex_unlock(&lock_);
    const int said =
        rpc_call_sync(&channels_[thread], static_cast<std::uint32_t>(Procedure::upcall), &question,
                      sizeof question, nullptr, 0, rpc_task::hard);
    mutex_lock(&lock_);
    if (said < 0 && said != -EAGAIN) return said;
    was_answered = said == 0;
  }
}

/// What is used in the second half of its time is asked for again; nobody waits for the answer.
void Server::refresh_locked(sim::HostId client, std::int64_t now_ms) {
  Cache::Entry& key = exports_->keys[client];
  if (key.is_asked || key.expires_ms - now_ms >= Cache::ttl_ms / 2) return;
  key.is_asked = true;
  ++upcalls_[client.value];
  const Question question{client, 1, flushes_};
  rpc_send(ports_.pipes, ports_.mountd, static_cast<std::uint32_t>(Procedure::upcall), &question,
           sizeof question);
}

}  // namespace heddle::models::nfs
