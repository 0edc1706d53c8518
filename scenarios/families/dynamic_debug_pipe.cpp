// dynamic_debug's file trace_pipe: readers that wait, share a file, and follow the stores closely.
#include "scenarios/families/dynamic_debug_support.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/signal.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

using Kind = FindingKind;

/// Sees to it that a reader that finds nothing sleeps, or returns, before it looks again.
class Watch final : public models::dynamic_debug::Listener {
 public:
  explicit Watch(World& world) : world_(world) {}
  void looks() override {
    world_.expect(!disappointed_, "a reader that finds nothing sleeps before it looks again");
  }
  void found_nothing() override { disappointed_ = true; }
  void sleeps() override { disappointed_ = false; }
  void returned() { disappointed_ = false; }

 private:
  World& world_;
  bool disappointed_ = false;
};

void pipe_follows_stores(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject] {
    for (int i = 0; i < 3; ++i) subject.store();
  });
  world.task("reader", Cpu{1}, [&subject, &world] {
    Output& output = world.create<Output>();
    for (int i = 0; i < 2; ++i) subject.drain(output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/pipe_follows_stores", pipe_follows_stores)
    .model(model)
    .summary("the pipe is read while messages are stored")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::late_commit_overlooked, Kind::invariant)
    .finds(Defect::reader_takes_tail, {Kind::invariant, Kind::kernel_assertion, Kind::data_race})
    .finds(Defect::length_after_commit, {Kind::data_race, Kind::invariant, Kind::uninitialised})
    .finds(Defect::commits_before_copy, {Kind::data_race, Kind::invariant, Kind::uninitialised});

void pipe_follows_nested_stores(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = 4 * message_bytes;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("user", Cpu{0}, [&subject] { subject.store(); });
  world.interrupt("irq", Cpu{0}, Level::hardirq, 1, [&subject] { subject.store(3); });
  world.task("reader", Cpu{1}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.drain(output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/pipe_follows_nested_stores", pipe_follows_nested_stores)
    .model(model)
    .summary("the pipe is read while an interrupt stores inside a task's store")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::nested_commit_publishes,
           {Kind::data_race, Kind::invariant, Kind::uninitialised});

void pipe_waits(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("pipe", Cpu{1}, [&subject, &world] {
    PipeFile* pipe = subject.module().open_pipe({});
    Output& output = world.create<Output>();
    world.expect(subject.read(pipe, output, Output::bytes_max) > 0, "a wait ends with a message");
    subject.module().close_pipe(pipe);
  });
  world.task("trace", Cpu{0}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.cat_trace(output, Output::bytes_max);
    subject.store();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/pipe_waits", pipe_waits)
    .model(model)
    .summary("a reader of the pipe waits; another process reads trace, and then stores a message")
    .cpus(2)
    .finds(Defect::pipe_sleeps_locked, {Kind::livelock, Kind::hung_task, Kind::deadlock})
    .finds(Defect::sleeps_without_timeout, {Kind::hung_task, Kind::livelock});

void pipe_waits_on_page(World& world, DefectBits defects) {
  Watch& watch = world.create<Watch>(world);
  Parameters parameters = Subject::small();
  parameters.page_bytes = message_bytes + 16;
  parameters.listener = &watch;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("pipe", Cpu{1}, [&subject, &world, &watch] {
    PipeFile* pipe = subject.module().open_pipe({});
    Output& output = world.create<Output>();
    while (output.lines < 2) {
      subject.read(pipe, output, Output::bytes_max);
      watch.returned();
    }
    subject.module().close_pipe(pipe);
  });
  world.task("user", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) subject.store();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/pipe_waits_on_page", pipe_waits_on_page)
    .model(model)
    .summary("a reader of the pipe waits for messages that do not fill their pages")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::pipe_looks_again, Kind::invariant);

void message_in_a_full_page(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject, &world] {
    PipeFile* pipe = subject.module().open_pipe({.nonblock = true});
    Output& output = world.create<Output>();
    for (int i = 0; i < 12; ++i) {
      if (world.choose(2) == 0) {
        subject.store();
      } else {
        const kernel::ssize_t got = subject.read(pipe, output, Output::bytes_max);
        world.expect(got != -EAGAIN || subject.present() == 0,
                     "a pipe that says that it has nothing has nothing");
      }
    }
    subject.module().close_pipe(pipe);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/message_in_a_full_page", message_in_a_full_page)
    .model(model)
    .summary("messages are stored, and read from the pipe, in any order")
    .finds(Defect::empty_trusts_old_read, Kind::invariant)
    .finds(Defect::losses_unreported, Kind::invariant);

void shared_pipe(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  for (int i = 0; i < 2; ++i) subject.store();
  PipeFile* pipe = subject.module().open_pipe({.nonblock = true});
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("reader", Cpu{i}, [&subject, &world, pipe] {
      Output& output = world.create<Output>();
      for (int reads = 0; reads < 2; ++reads) subject.read(pipe, output, 6);
      world.expect(output.checked == output.size, "reads of one line each get whole lines");
    });
  world.finally([&subject, pipe] { subject.module().close_pipe(pipe); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/shared_pipe", shared_pipe)
    .model(model)
    .summary("two processes read the same pipe file, as after a fork")
    .cpus(2)
    .finds(Defect::pipe_text_unlocked, {Kind::data_race, Kind::invariant});

void small_pipe(World& world, DefectBits defects) {
  Parameters parameters = Subject::small(2);
  parameters.pipe_bytes = 16;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("user", Cpu{i}, [&subject] {
      for (int n = 0; n < 2; ++n) subject.store();
    });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/small_pipe", small_pipe)
    .model(model)
    .summary("messages of two CPUs are read from the pipe, two at a time")
    .cpus(2)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::consumes_before_append, Kind::invariant)
    .finds(Defect::consumes_other_cpu, Kind::invariant);

void nothing_to_read(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("reader", Cpu{0}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.drain(output);
    subject.drain(output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/nothing_to_read", nothing_to_read)
    .model(model)
    .summary("the empty pipe is read twice without waiting")
    .finds(Defect::again_keeps_lock, {Kind::deadlock, Kind::hung_task, Kind::lock_misuse});

void signal_ends_wait(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  sim::Task reader = world.task("reader", Cpu{0}, [&subject, &world] {
    PipeFile* pipe = subject.module().open_pipe({});
    Output& output = world.create<Output>();
    world.expect(subject.read(pipe, output, Output::bytes_max) == -kernel::ERESTARTSYS,
                 "a read that a signal ends can be started again");
    subject.module().close_pipe(pipe);
    kernel::flush_signals();
  });
  world.task("user", Cpu{1}, [reader] { kernel::send_sig(SIGINT, reader); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/signal_ends_wait", signal_ends_wait)
    .model(model)
    .summary("a signal comes for a reader that waits for a message")
    .cpus(2)
    .finds(Defect::flags_tested_twice, Kind::invariant);

// Nobody stores: who is killed must end, whatever the others wait for. The reader of the pipe is
// killed when the other one has ended.
void waiting_readers_are_killed(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  sim::Task pipe = world.task("pipe", Cpu{0}, [&subject, &world] {
    PipeFile* file = subject.module().open_pipe({});
    Output& output = world.create<Output>();
    const kernel::ssize_t got = subject.read(file, output, Output::bytes_max);
    world.expect(got == -kernel::ERESTARTSYS || got == -EINTR, "a reader that is killed returns");
    subject.module().close_pipe(file);
    kernel::flush_signals();
  });
  sim::Task trace = world.task("trace", Cpu{1}, [&subject, &world, pipe] {
    Output& output = world.create<Output>();
    TraceFile* file = subject.module().open_trace({});
    subject.read(file, output, Output::bytes_max);
    subject.module().close_trace(file);
    kernel::flush_signals();
    kernel::send_sig(SIGKILL, pipe);
  });
  world.task("killer", Cpu{2}, [trace] { kernel::send_sig(SIGKILL, trace); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/waiting_readers_are_killed", waiting_readers_are_killed)
    .model(model)
    .summary("readers of the empty files are killed, the second one while the first one waits")
    .cpus(3)
    .finds(Defect::pipe_sleeps_locked, {Kind::livelock, Kind::hung_task, Kind::deadlock});

}  // namespace
}  // namespace heddle::scenarios::dynamic_debug
