// nfs: is the server's register of mounts linearizable? Clients mount and unmount, the
// administrator unmounts, and what all of them got must fit one order of their calls.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "checkers/linearizability.hpp"
#include "models/nfs/spec.hpp"
#include "scenarios/families/nfs_support.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::scenarios::nfs {
namespace {

using sim::Machine;
using Call = checkers::Call<Operation>;

/// What was called, and what came of it. Which of two calls came first is a matter of the schedule,
/// so each beginning and each end says that it writes here.
class Record {
 public:
  template <class Perform>
  int record(Operation operation, Perform&& perform) {
    const std::size_t index = begin(operation);
    const int result = perform();
    end(index, result);
    return result;
  }

  /// Reports the first call that no order explains.
  void judge() const {
    Machine& machine = Machine::running();
    const Machine::EngineScope engine(machine);
    checkers::LinearizabilityChecker<SequentialSpec> checker;
    const checkers::LinearizabilityResult result =
        checker.check(std::span<const Call>(calls_.data(), count_));
    if (result.verdict != checkers::Linearizable::no) return;
    sim::Finding finding;
    finding.kind = Kind::not_linearizable;
    finding.step = machine.steps();
    finding.detail = "no order of these calls explains what the first one got";
    tell(finding, result.culprit);
    for (const std::size_t i : result.part)
      if (i != result.culprit) tell(finding, i);
    machine.report(finding);
  }

 private:
  struct Origin {
    sim::ContextId context;
    sim::StepIndex step;
  };

  std::size_t begin(const Operation& operation) {
    Machine& machine = Machine::running();
    const Machine::EngineScope engine(machine);
    machine.uses(object(), sim::Mode::write);
    calls_[count_] = {operation, now_++, checkers::never};
    origins_[count_] = {machine.self().id, machine.steps()};
    return count_++;
  }
  void end(std::size_t index, int result) {
    Machine& machine = Machine::running();
    const Machine::EngineScope engine(machine);
    machine.uses(object(), sim::Mode::write);
    calls_[index].operation.result = result;
    calls_[index].returned = now_++;
  }
  void tell(sim::Finding& finding, std::size_t i) const {
    constexpr std::array<std::array<const char*, 2>, 3> verbs = {
        {{"mounts", "is refused the mount"},
         {"unmounts", "unmounts without telling the server"},
         {"unmounts the file system", "finds the file system busy"}}};
    const Operation& operation = calls_[i].operation;
    const char* verb =
        verbs[static_cast<std::size_t>(operation.kind)][operation.result < 0 ? 1 : 0];
    finding.add({origins_[i].context, origins_[i].step, {}, verb, sim::no_object});
  }
  sim::ObjectId object() const {
    return sim::ObjectId::memory(reinterpret_cast<std::uintptr_t>(this));
  }

  std::array<Call, 8> calls_{};
  std::array<Origin, 8> origins_{};
  std::size_t count_ = 0;
  checkers::Moment now_ = 0;
};

/// The administrator tries at any moment, and again when the first client has gone.
void come_and_go(World& world, DefectBits defects, int clients) {
  using K = Operation::Kind;
  Site& site = world.create<Site>(world, defects, Site::Options{});
  Record& record = world.create<Record>();
  const auto body = [&record](ClientHost&, Client& self) {
    const int number = record.record({K::mount, 0, 0}, [&self] { return self.mount(); });
    if (number > 0)
      record.record({K::umount, static_cast<std::uint32_t>(number), 0},
                    [&self, number] { return self.umount(number); });
  };
  ClientHost& first = site.add_client("client", body);
  for (int i = 1; i < clients; ++i) site.add_client("other", body);
  site.boot_server();
  site.add_administrator([&record, &first](Server& server) {
    const auto umount = [&server] { return server.umount(); };
    record.record({K::umount_fs, 0, 0}, umount);
    first.task.join();
    record.record({K::umount_fs, 0, 0}, umount);
  });
  world.finally([&record] { record.judge(); });
}

void register_is_linearizable(World& world, DefectBits defects) { come_and_go(world, defects, 1); }
HEDDLE_SCENARIO("nfs/register_is_linearizable", register_is_linearizable)
    .model(model)
    .summary("a client comes and goes while the administrator unmounts; all fits one order")
    .cpus(5)
    .finds(Defect::reply_precedes_flush, Kind::not_linearizable)
    .finds(Defect::export_flushed_alone, Kind::not_linearizable)
    .finds(Defect::replied_before_registering, {Kind::not_linearizable, Kind::invariant})
    .finds(Defect::check_not_atomic, {Kind::not_linearizable, Kind::invariant});

void register_of_two(World& world, DefectBits defects) { come_and_go(world, defects, 2); }
HEDDLE_SCENARIO("nfs/register_of_two", register_of_two)
    .model(model)
    .summary("the same for two clients")
    .cpus(6)
    .executions(5'000)
    .finds(Defect::flush_is_global, {Kind::not_linearizable, Kind::invariant})
    .finds(Defect::check_not_atomic, {Kind::not_linearizable, Kind::invariant});

}  // namespace
}  // namespace heddle::scenarios::nfs
