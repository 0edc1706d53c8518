#include "checkers/leak.hpp"

#include <algorithm>

namespace heddle::checkers {

using sim::Block;
using sim::Finding;
using sim::FindingKind;
using sim::Machine;
using sim::ObjectId;

namespace {

/// Hosts with tasks that serve others still, and keep what they need for that.
std::uint64_t serving_hosts(const Machine& machine) {
  std::uint64_t hosts = 0;
  for (std::uint16_t i = 0; i < machine.context_count(); ++i) {
    const sim::Context& context = machine.context(sim::ContextId{i});
    if (context.daemon && context.state == sim::ContextState::live)
      hosts |= std::uint64_t{1} << machine.host_of(context.id).value;
  }
  return hosts;
}

bool has_parked_context(const Machine& machine) {
  for (std::uint16_t i = 0; i < machine.context_count(); ++i)
    if (machine.context(sim::ContextId{i}).state == sim::ContextState::parked) return true;
  return false;
}

}  // namespace

void LeakChecker::end(Machine& machine, sim::Outcome outcome) {
  if (outcome != sim::Outcome::finished || has_parked_context(machine)) return;
  const std::uint64_t serving = serving_hosts(machine);
  const auto is_leaked = [serving](const Block& block) {
    return !block.freed && !block.permanent && (serving >> block.host.value & 1) == 0;
  };
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
