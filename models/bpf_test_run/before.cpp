// What the split is compared with: the functions of net/bpf/test_run.c as they were before it.
#include "models/bpf_test_run/test_run.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::models::bpf_test_run {

using namespace kernel;

Context* TestRun::receive_context_before(const Attributes& in) {
  if (in.context_in == nullptr && in.context_out == nullptr) return nullptr;
  auto* context = typed<Context>(kzalloc(sizeof(Context), GFP_KERNEL, "context"));
  if (context == nullptr) return ERR_PTR<Context>(-ENOMEM);
  if (in.context_in == nullptr) return context;
  const auto* bytes = static_cast<const char*>(in.context_in);
  std::uint32_t size = in.context_size_in;
  int error = check_tail(bytes, sizeof(Context), size);
  if (size > sizeof(Context)) size = sizeof(Context);
  if (error == 0 && copy_from_user(context, bytes, size) != 0) error = -EFAULT;
  if (error == 0) return context;
  kfree(context);
  return ERR_PTR<Context>(error);
}

int TestRun::finish_before(const Attributes& in, Attributes* user, const void* data,
                           std::uint32_t size, const Results& verdict) {
  int error = -EFAULT;
  std::uint32_t bytes = size;
  if (in.data_size_out != 0 && bytes > in.data_size_out) {
    bytes = in.data_size_out;
    error = -ENOSPC;
  }
  Results* to = &user->results;
  if (in.data_out != nullptr && copy_to_user(in.data_out, data, bytes) != 0) return error;
  if (put_user(&to->data_size, size) != 0) return error;
  if (put_user(&to->retval, verdict.retval) != 0) return error;
  if (put_user(&to->duration, verdict.duration) != 0) return error;
  return error == -ENOSPC ? error : 0;
}

int TestRun::send_context_before(const Attributes& in, Attributes* user, const Context* context) {
  if (context == nullptr || in.context_out == nullptr) return 0;
  int error = -EFAULT;
  std::uint32_t bytes = sizeof(Context);
  if (bytes > in.context_size_out) {
    bytes = in.context_size_out;
    error = -ENOSPC;
  }
  if (copy_to_user(in.context_out, context, bytes) != 0) return error;
  if (put_user(&user->results.context_size, std::uint32_t{sizeof(Context)}) != 0) return error;
  return error == -ENOSPC ? error : 0;
}

}  // namespace heddle::models::bpf_test_run
