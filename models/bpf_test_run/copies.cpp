// What comes from the user and what goes back.
#include "models/bpf_test_run/test_run.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/uaccess.hpp"

namespace heddle::models::bpf_test_run {

using namespace kernel;

namespace {

constexpr std::uint32_t smaller(std::uint32_t a, std::uint32_t b) { return a < b ? a : b; }

}  // namespace

// What the user has beyond what the kernel knows must be zero.
int TestRun::check_tail(const char* in, std::uint32_t size_max, std::uint32_t in_size) {
  if (in_size > page_bytes) return -E2BIG;
  for (std::uint32_t i = size_max; i < in_size; ++i) {
    char value = 0;
    if (get_user(value, in + i) != 0) return -EFAULT;
    if (value != 0) return -E2BIG;
  }
  return 0;
}

// Everything by one copy: the user may write meanwhile.
int TestRun::fetch(char* to, const char* in, std::uint32_t in_size, std::uint32_t size_max) {
  if (in_size > page_bytes) return -E2BIG;
  Local<std::array<char, page_bytes>> all("all that the user has");
  if (copy_from_user(all.get(), in, in_size) != 0) return -EFAULT;
  for (std::uint32_t i = size_max; i < in_size; ++i)
    if ((*all)[i] != 0) return -E2BIG;
  __builtin_memcpy(to, all.get(), smaller(in_size, size_max));
  return 0;
}

char* TestRun::receive(const void* in, std::uint32_t in_size, std::uint32_t size_max,
                       const char* label) {
  if (in == nullptr && in_size != 0 && has(Defect::null_with_size_refused))
    return ERR_PTR<char>(-EINVAL);
  if (!has(Defect::limits_unchecked) && size_max > page_bytes) return ERR_PTR<char>(-E2BIG);
  auto* data = static_cast<char*>(kzalloc(size_max, GFP_KERNEL, label));
  if (data == nullptr) return ERR_PTR<char>(-ENOMEM);
  if (in == nullptr) return data;
  const auto* bytes = static_cast<const char*>(in);
  int error = 0;
  if (has(Defect::tail_fetched_apart)) {
    error = check_tail(bytes, size_max, in_size);
    if (error == 0 && copy_from_user(data, bytes, smaller(size_max, in_size)) != 0) error = -EFAULT;
  } else {
    error = fetch(data, bytes, in_size, size_max);
  }
  if (error == 0) return data;
  kfree(data);
  return ERR_PTR<char>(error);
}

// @returns 0, -EFAULT, or -ENOSPC: what fits was copied.
int TestRun::send(void* out, std::uint32_t room, const void* data, std::uint32_t size) {
  const bool truncates = has(Defect::exact_size_truncates) ? size >= room : size > room;
  if (out != nullptr && copy_to_user(out, data, smaller(size, room)) != 0)
    return truncates && has(Defect::fault_taken_for_truncation) ? -ENOSPC : -EFAULT;
  return truncates ? -ENOSPC : 0;
}

int TestRun::send_context(const Attributes& in, const Context* context) {
  if (in.context_out != nullptr)
    return send(in.context_out, in.context_size_out, context, sizeof *context);
  return in.context_size_out != 0 && has(Defect::null_with_size_refused) ? -EINVAL : 0;
}

// Each number by itself. @returns 0 or -EFAULT.
int TestRun::put_results(const Attributes& in, Attributes* user, const Results& results,
                         bool with_verdict) {
  Results* to = &user->results;
  const bool with_size = in.data_out != nullptr || !has(Defect::size_query_lost);
  if (with_size && put_user(&to->data_size, results.data_size) != 0) return -EFAULT;
  if (!with_verdict) return 0;
  if (put_user(&to->retval, results.retval) != 0) return -EFAULT;
  return put_user(&to->duration, results.duration);
}

// The packet, the context, then all numbers by one copy: who gets an error finds them as they were.
int TestRun::finish(const Attributes& in, Attributes* user, const void* data, std::uint32_t size,
                    const Context* context, const Results& verdict) {
  if (in.data_out == nullptr && in.data_size_out != 0 && has(Defect::null_with_size_refused))
    return -EINVAL;
  Local<Results> results("results");
  results->retval = verdict.retval;
  results->data_size = size;
  results->duration = verdict.duration;
  results->context_size = in.results.context_size;
  if (has(Defect::size_before_data) && put_user(&user->results.data_size, size) != 0)
    return -EFAULT;
  const std::uint32_t room = in.data_size_out != 0 ? in.data_size_out : 0xFFFF'FFFF;
  int error = send(in.data_out, room, data, size);
  if (error != 0 && error != -ENOSPC) return error;
  const bool drops = error == -ENOSPC && has(Defect::truncation_drops_result);
  if (has(Defect::results_in_pieces) && put_results(in, user, *results, !drops) != 0)
    return error == -ENOSPC && has(Defect::fault_taken_for_truncation) ? error : -EFAULT;
  const bool sends_context = error == 0 && context != nullptr;
  if (sends_context) {
    error = send_context(in, context);
    if (error != 0 && error != -ENOSPC) return error;
    if (in.context_out != nullptr) results->context_size = sizeof *context;
  }
  if (has(Defect::results_in_pieces)) {
    if (!sends_context || in.context_out == nullptr) return error;
    const int fault = put_user(&user->results.context_size, results->context_size);
    return fault != 0 ? fault : error;
  }
  if (drops) {
    results->retval = in.results.retval;
    results->duration = in.results.duration;
  }
  if (in.data_out == nullptr && has(Defect::size_query_lost))
    results->data_size = in.results.data_size;
  return copy_to_user(&user->results, results.get(), sizeof(Results)) != 0 ? -EFAULT : error;
}

}  // namespace heddle::models::bpf_test_run
