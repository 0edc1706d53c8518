#include "sim/core/finding.hpp"

namespace heddle::sim {
namespace {
struct KindText {
  std::string_view word;
  std::string_view sentence;
};
constexpr std::array<KindText, finding_kind_count> texts = {{
    {"data_race",
     "Two contexts access the same memory, one of them writes, and nothing orders them."},
    {"lock_order", "Locks are taken in orders, or in interrupt contexts, that can deadlock."},
    {"wrong_context", "Something that may sleep is called where sleeping is forbidden."},
    {"lock_misuse",
     "A lock is released by who does not hold it, taken twice, or never initialised."},
    {"deadlock", "Contexts wait for each other in a circle, and none can ever go on."},
    {"hung_task", "A context waits, and nothing is left that could wake it."},
    {"livelock", "Steps go on for ever without anybody getting further."},
    {"use_after_free", "Memory is accessed after it was freed."},
    {"double_free", "Memory is freed twice, or was never allocated."},
    {"out_of_bounds", "Memory is accessed outside of every allocation."},
    {"uninitialised", "Memory is read before anything was written there."},
    {"leak", "Something allocated is still there at the end, and nobody can free it."},
    {"refcount", "A reference count leaves its range or is used after it reached zero."},
    {"not_linearizable", "A call returns what no sequential order of the calls could return."},
    {"invariant", "A condition that the model promises does not hold."},
    {"liveness", "Something that must happen eventually does not happen."},
    {"kernel_assertion", "The code under test asserts something that is false."},
    {"crash", "The code under test crashes or loops for ever."},
    {"nondeterminism", "The same choices lead to different executions."},
    {"escape",
     "The code under test uses the computer itself, where the simulator neither sees nor decides."},
}};
}  // namespace

std::string_view word(FindingKind kind) { return texts[static_cast<std::size_t>(kind)].word; }
std::string_view sentence(FindingKind kind) {
  return texts[static_cast<std::size_t>(kind)].sentence;
}

bool finding_kind_from(std::string_view word, FindingKind& kind) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].word != word) continue;
    kind = static_cast<FindingKind>(i);
    return true;
  }
  return false;
}

}  // namespace heddle::sim
