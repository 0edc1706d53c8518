#include "checkers/leak.hpp"

#include <algorithm>

namespace heddle::checkers {

using sim::Block;
using sim::Finding;
using sim::FindingKind;
using sim::Machine;
using sim::ObjectId;

namespace {

bool is_leaked(const Block& block) { return !block.freed && !block.permanent; }

bool has_parked_context(const Machine& machine) {
  for (std::uint16_t i = 0; i < machine.context_count(); ++i)
    if (machine.context(sim::ContextId{i}).state == sim::ContextState::parked) return true;
  return false;
}

}  // namespace

void LeakChecker::end(Machine& machine, sim::Outcome outcome) {
  if (outcome != sim::Outcome::finished || has_parked_context(machine)) return;
  const auto& blocks = machine.heap().blocks();
  for (auto block = blocks.begin(); block != blocks.end(); ++block) {
    const auto same_origin = [&](const Block& other) {
      return is_leaked(other) && other.allocated_at == block->allocated_at;
    };
    if (!is_leaked(*block) || std::any_of(blocks.begin(), block, same_origin)) continue;
    const ObjectId object = ObjectId::memory(block->address);
    Finding finding;
    finding.kind = FindingKind::leak;
    finding.step = machine.steps();
    finding.object = object;
    finding.add(
        {block->allocated_by, block->allocated_step, block->allocated_at, "allocates", object});
    finding.detail = "nobody has freed it; blocks left from there:";
    finding.number = static_cast<std::uint64_t>(std::count_if(block, blocks.end(), same_origin));
    machine.report(finding);
  }
}

}  // namespace heddle::checkers
