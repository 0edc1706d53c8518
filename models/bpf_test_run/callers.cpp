// The system call, and how each kind of program is run: on a packet as a socket buffer, as a driver
// sees it, or to find where its headers are.
#include "models/bpf_test_run/test_run.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::models::bpf_test_run {

using namespace kernel;

namespace {

/// What the flow dissector's callback needs beside the program.
struct Dissection {
  FlowKeys* keys;
  const Packet* packet;
};

std::uint32_t dissect(Program& program, TestRun& kernel, void* context, void* data) {
  const auto& dissection = *static_cast<const Dissection*>(data);
  *dissection.keys = FlowKeys{};
  dissection.keys->offset = packet_bytes_min;
  dissection.keys->length = dissection.packet->size;
  return program.code(program, kernel, context);
}

/// What the user has set of a packet's context; nothing where it has none. @returns 0 or -EINVAL.
int apply(const Context* context, Packet& packet) {
  if (context == nullptr) return 0;
  if (context->mark != 0) return -EINVAL;
  packet.priority = context->priority;
  packet.cb = context->cb;
  return 0;
}

void take_back(Context* context, const Packet& packet) {
  if (context == nullptr) return;
  context->priority = packet.priority;
  context->cb = packet.cb;
}

}  // namespace

char* TestRun::receive_packet(const Attributes& in) {
  const std::uint32_t size = in.data_size_in;
  if (size < packet_bytes_min || size > page_bytes) return ERR_PTR<char>(-EINVAL);
  auto* data = static_cast<char*>(kzalloc(size, GFP_KERNEL, "packet"));
  if (data == nullptr) return ERR_PTR<char>(-ENOMEM);
  if (copy_from_user(data, in.data_in, size) == 0) return data;
  kfree(data);
  return ERR_PTR<char>(-EFAULT);
}

Context* TestRun::receive_context(const Attributes& in) {
  if (parameters_.before) return receive_context_before(in);
  const bool wanted = in.context_in != nullptr || in.context_out != nullptr;
  if (!wanted && !has(Defect::context_always_allocated)) {
    const bool refuses = in.context_size_in != 0 && has(Defect::null_with_size_refused);
    return refuses ? ERR_PTR<Context>(-EINVAL) : nullptr;
  }
  return reinterpret_cast<Context*>(
      receive(in.context_in, in.context_size_in, sizeof(Context), "context"));
}

int TestRun::run_on_skb(Process& process, Program& program, const Attributes& in, Attributes* user,
                        Packet& packet, Context* context) {
  if (const int error = apply(context, packet); error != 0) return error;
  Local<Results> verdict("verdict");
  const int error = run(process, program, &packet, in.repeat, flag_storage, {}, &verdict->retval,
                        &verdict->duration);
  if (error != 0) return error;
  take_back(context, packet);
  if (!parameters_.before) return finish(in, user, packet.data, packet.size, context, *verdict);
  const int finished = finish_before(in, user, packet.data, packet.size, *verdict);
  return finished != 0 ? finished : send_context_before(in, user, context);
}

int TestRun::run_skb(Process& process, Program& program, const Attributes& in, Attributes* user) {
  char* const data = receive_packet(in);
  if (IS_ERR(data)) return static_cast<int>(PTR_ERR(data));
  Context* const context = receive_context(in);
  if (IS_ERR(context)) {
    kfree(data);
    return static_cast<int>(PTR_ERR(context));
  }
  int error = -ENOMEM;
  auto* packet = typed<Packet>(kzalloc(sizeof(Packet), GFP_KERNEL, "sk_buff"));
  if (packet != nullptr) {
    packet->data = data;
    packet->size = in.data_size_in;
    error = run_on_skb(process, program, in, user, *packet, context);
  }
  kfree(packet);
  kfree(context);
  kfree(data);
  return error;
}

int TestRun::run_xdp(Process& process, Program& program, const Attributes& in, Attributes* user) {
  if (in.context_in != nullptr || in.context_out != nullptr) return -EINVAL;
  Packet packet{receive_packet(in), in.data_size_in, 0, 0};
  if (IS_ERR(packet.data)) return static_cast<int>(PTR_ERR(packet.data));
  Local<Results> verdict("verdict");
  int error = run(process, program, &packet, in.repeat, flag_storage, {}, &verdict->retval,
                  &verdict->duration);
  if (error == 0)
    error = parameters_.before ? finish_before(in, user, packet.data, packet.size, *verdict)
                               : finish(in, user, packet.data, packet.size, nullptr, *verdict);
  kfree(packet.data);
  return error;
}

int TestRun::run_flow_dissector(Process& process, Program& program, const Attributes& in,
                                Attributes* user) {
  Packet packet{receive_packet(in), in.data_size_in, 0, 0};
  if (IS_ERR(packet.data)) return static_cast<int>(PTR_ERR(packet.data));
  Local<FlowKeys> keys("flow keys");
  Local<Results> verdict("verdict");
  Dissection dissection{keys.get(), &packet};
  int error = run(process, program, &packet, in.repeat, flag_plain, {&dissect, &dissection},
                  &verdict->retval, &verdict->duration);
  if ((error == 0) != has(Defect::flow_test_inverted))
    error = parameters_.before ? finish_before(in, user, keys.get(), sizeof(FlowKeys), *verdict)
                               : finish(in, user, keys.get(), sizeof(FlowKeys), nullptr, *verdict);
  kfree(packet.data);
  return error;
}

int TestRun::system_call(Process& process, Program& program, Kind kind, Attributes* user) {
  Local<Attributes> in("attributes");
  if (copy_from_user(in.get(), user, sizeof(Attributes)) != 0) return -EFAULT;
  switch (kind) {
    case Kind::skb:
      return run_skb(process, program, *in, user);
    case Kind::xdp:
      return run_xdp(process, program, *in, user);
    case Kind::flow_dissector:
      return run_flow_dissector(process, program, *in, user);
  }
  return -EINVAL;
}

}  // namespace heddle::models::bpf_test_run
