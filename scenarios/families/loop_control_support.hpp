// What the loop_control scenarios share: a driver that is loaded, whose calls are recorded and held
// against the sequential spec, and files to bind.
#pragma once

#include <array>
#include <cstddef>

#include "checkers/history.hpp"
#include "models/loop_control/loop.hpp"
#include "models/loop_control/spec.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::loop_control {

namespace kernel = sim::kernel;
using namespace models::loop_control;
using sim::Cpu;
using sim::World;
using Kind = sim::FindingKind;

extern const Model model;

class Subject final : public Listener {
 public:
  Subject(World& world, DefectBits defects, Parameters parameters = {});

  /// Loads the module and creates these many devices.
  void load(int devices);
  /// When all tasks have ended: checks the history, the references and the files, and unloads.
  void finish_at_end();

  // Calls of processes, recorded.
  int add(int number);
  int remove(int number);
  int get_free();
  int open(int number);
  int close(int number);
  int set_fd(int number, bool autoclear = false, const Transfer* transfer = nullptr);
  int clr_fd(int number);

  Driver& driver() { return driver_; }
  BlockLayer& block() { return driver_.block(); }
  World& world() { return world_; }
  /// The file that set_fd() binds.
  File& file() { return file_; }

  /// Who reads an attribute stays there (say, its buffer is swapped out) until let_reader_go_on().
  void let_reader_linger() { reader_lingers_ = true; }
  void let_reader_go_on();

  void open_failed(bool other) override;
  void showing() override;

 private:
  static constexpr std::size_t calls_max = 320;
  using Call = checkers::Call<Operation>;
  struct Origin {
    sim::ContextId context;
    sim::StepIndex step;
    sim::Place place;
  };

  template <class Perform>
  int record(Operation operation, sim::Place place, Perform&& perform);
  void check_history();
  void check_balance();

  World& world_;
  Driver& driver_;
  File& file_;
  SequentialSpec spec_;
  std::array<Call, calls_max> calls_{};
  std::array<Origin, calls_max> origins_{};
  std::size_t call_count_ = 0;
  checkers::Moment now_ = 0;
  bool reader_lingers_ = false;
  kernel::atomic_t go_on_{0};
  kernel::wait_queue_head_t lingering_ = kernel::WAIT_QUEUE_HEAD("lingering");
};

}  // namespace heddle::scenarios::loop_control
