// dynamic_debug's files trace and rb_size_kb, its init, and what empties or resizes the buffer.
#include "scenarios/families/dynamic_debug_support.hpp"
#include "sim/kernel/errno.hpp"

namespace heddle::scenarios::dynamic_debug {
namespace {

using Kind = FindingKind;

constexpr std::size_t page_bytes = 2 * message_bytes;  // a kB of the size file, here
void size_file(World& world, DefectBits defects) {
  constexpr unsigned shift = 5;
  Parameters parameters = Subject::small();
  parameters.size_shift = shift;
  parameters.first_size = 8;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("user", Cpu{0}, [&subject, &world] {
    constexpr std::uint64_t end = std::uint64_t{1} << (64 - shift);
    constexpr std::array<std::uint64_t, 5> sizes = {6, 8, end - 1, end, end + 3};
    Module& module = subject.module();
    const auto is_honest = [&module] {
      return module.buffer()->bytes() == module.read_size() << shift;
    };
    world.expect(is_honest(), "the size that the file shows is the buffer's");
    const std::uint64_t size = sizes[world.choose(sizes.size())];
    const std::uint64_t before = module.read_size();
    for (int i = 0; i < 2; ++i) {
      const int error = module.write_size(size);
      world.expect((error == 0) == (size < end / 2), "a size that can be is taken, and no other");
      world.expect(module.read_size() == (error == 0 ? size : before),
                   "the file shows the size that was taken last");
      world.expect(is_honest(), "the size that the file shows is the buffer's");
    }
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/size_file", size_file)
    .model(model)
    .summary("sizes from small to impossible are written to the size file, each one twice")
    .finds(Defect::size_taken_for_bytes, Kind::invariant)
    .finds(Defect::size_kept_in_bytes, Kind::invariant)
    .finds(Defect::size_shift_wraps, Kind::invariant)
    .finds(Defect::size_wraps, Kind::invariant);

void resize_without_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.allocation_faults({.hard = 1});
  world.task("user", Cpu{0}, [&subject, &world] {
    Module& module = subject.module();
    const int error = module.write_size(4);
    world.allocation_faults({});
    world.expect(error == 0 || error == -ENOMEM, "a resize succeeds, or memory is short");
    world.expect(module.buffer()->bytes() == (error == 0 ? 4u : 2u) * page_bytes,
                 "a resize that fails says so");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/resize_without_memory", resize_without_memory)
    .model(model)
    .summary("the buffer is to grow, and memory is short")
    .finds(Defect::resize_error_lost, Kind::invariant);

void two_resizers(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  for (std::uint16_t i = 0; i < 2; ++i)
    world.task("resizer", Cpu{i}, [&subject, i] { subject.module().write_size(3u + i); });
  world.finally([&subject, &world] {
    world.expect(subject.module().buffer()->bytes() == subject.module().read_size() * page_bytes,
                 "the size that the file shows is the buffer's");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/two_resizers", two_resizers)
    .model(model)
    .summary("two processes write the size file")
    .cpus(2)
    .finds(Defect::size_stored_unlocked, Kind::invariant);

void resize_while_stored(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.first_size = 3;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("user", Cpu{0}, [&subject] {
    for (int i = 0; i < 2; ++i) subject.store();
  });
  world.task("resizer", Cpu{1}, [&subject] { subject.module().write_size(2); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/resize_while_stored", resize_while_stored)
    .model(model)
    .summary("the buffer shrinks while messages are stored")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::resize_skips_grace_period,
           {Kind::invariant, Kind::data_race, Kind::use_after_free, Kind::kernel_assertion});

void resize_while_traced(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.first_size = 4;
  parameters.trace_bytes = 16;  // two messages; the third one is shown again
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (int i = 0; i < 5; ++i) subject.store();
  world.task("reader", Cpu{0}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.cat_trace(output, 64);
  });
  world.task("resizer", Cpu{1}, [&subject] { subject.module().write_size(2); });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/resize_while_traced", resize_while_traced)
    .model(model)
    .summary("the buffer shrinks while trace is read")
    .cpus(2)
    .finds(Defect::resize_ignores_iterators,
           {Kind::use_after_free, Kind::data_race, Kind::invariant});

void trace_with_any_buffer(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small(2));
  for (int i = 0; i < 3; ++i) subject.store();
  world.task("reader", Cpu{0}, [&subject, &world] {
    constexpr std::array<std::size_t, 4> sizes = {1, 6, 9, Output::bytes_max};
    Output& output = world.create<Output>();
    subject.cat_trace(output, sizes[world.choose(sizes.size())]);
    world.expect(output.lines == 3, "trace shows every message once");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/trace_with_any_buffer", trace_with_any_buffer)
    .model(model)
    .summary("trace is read with buffers from one byte to all of it")
    .cpus(2)
    .finds(Defect::position_not_rewound, Kind::invariant);

void trace_read_again(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  for (int i = 0; i < 2; ++i) subject.store();
  world.task("reader", Cpu{0}, [&subject, &world] {
    TraceFile* file = subject.module().open_trace({});
    const std::uint32_t at = world.choose(2);
    for (int pass = 0; pass < 2; ++pass) {
      Output& output = world.create<Output>();
      while (subject.read(file, output, Output::bytes_max) > 0) {
      }
      world.expect(subject.read(file, output, Output::bytes_max) == 0, "trace stays at its end");
      world.expect(output.lines == (pass == 0 ? 2 : 2 - at),
                   "trace shows what is behind its place");
      subject.module().seek_trace(file, 6 * at);
    }
    subject.module().close_trace(file);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/trace_read_again", trace_read_again)
    .model(model)
    .summary("trace is read to its end and beyond, sought back, and read again")
    .finds(Defect::position_not_rewound, Kind::invariant);

void trace_after_pipe(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("reader", Cpu{0}, [&subject, &world] {
    PipeFile* pipe = subject.module().open_pipe({.nonblock = true});
    Output& piped = world.create<Output>();
    const std::uint32_t before = world.choose(4);
    for (std::uint32_t i = 0; i < before; ++i) subject.store();
    while (subject.read(pipe, piped, Output::bytes_max) > 0) {
    }
    const std::uint32_t after = 1 + world.choose(3);
    for (std::uint32_t i = 0; i < after; ++i) subject.store();
    Output& traced = world.create<Output>();
    subject.cat_trace(traced, Output::bytes_max);
    world.expect(traced.lines == after, "trace shows what the pipe has left");
    subject.module().close_pipe(pipe);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/trace_after_pipe", trace_after_pipe)
    .model(model)
    .summary("some messages are read from the pipe, and those that follow from trace")
    .finds(Defect::iterator_passes_end, {Kind::invariant, Kind::out_of_bounds, Kind::crash});

void trace_while_piped(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = message_bytes;
  parameters.size_shift = 5;
  parameters.first_size = 4;
  parameters.pipe_bytes = 8;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (int i = 0; i < 3; ++i) subject.store();
  world.task("reader", Cpu{0}, [&subject, &world] {
    TraceFile* file = subject.module().open_trace({});
    Output& output = world.create<Output>();
    for (int i = 0; i < 3 && subject.present() != 0; ++i) {
      std::array<bool, 3> gone{};
      for (std::uint32_t id = 0; id < 3; ++id)
        gone[id] = subject.log().message(Log::first_id + id).consumed;
      if (subject.read(file, output, 6) != 6) break;
      world.expect(!gone[output.ids[output.lines - 1] - Log::first_id],
                   "what the pipe gave away before is not shown");
    }
    subject.module().close_trace(file);
  });
  world.task("pipe", Cpu{1}, [&subject, &world] {
    PipeFile* pipe = subject.module().open_pipe({.nonblock = true});
    Output& output = world.create<Output>();
    for (int i = 0; i < 2; ++i) subject.read(pipe, output, 6);
    subject.module().close_pipe(pipe);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/trace_while_piped", trace_while_piped)
    .model(model)
    .summary("the pipe gives messages away while trace is read")
    .cpus(2)
    .executions(20'000)
    .finds(Defect::iterator_goes_stale, {Kind::invariant, Kind::kernel_assertion});

void trace_opened_while_piped(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.page_bytes = message_bytes + 16;  // the rest is padding
  Subject& subject = world.create<Subject>(world, defects, parameters);
  for (int i = 0; i < 2; ++i) subject.store();
  world.task("opener", Cpu{0}, [&subject] {
    TraceFile* file = subject.module().open_trace({});
    subject.module().close_trace(file);
  });
  world.task("pipe", Cpu{1}, [&subject, &world] {
    Output& output = world.create<Output>();
    subject.drain(output);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/trace_opened_while_piped", trace_opened_while_piped)
    .model(model)
    .summary("trace is opened while the pipe gives messages away")
    .cpus(2)
    .finds(Defect::list_passed_on, Kind::out_of_bounds)
    .finds(Defect::peek_unlocked, Kind::data_race);

void store_while_trace_open(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject, &world] {
    const bool reads = world.choose(2) != 0;
    TraceFile* file = subject.module().open_trace({.read = reads, .write = !reads});
    subject.store();
    subject.module().close_trace(file);
    subject.store();
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/store_while_trace_open", store_while_trace_open)
    .model(model)
    .summary("messages are stored while trace is open, to read or to write, and after")
    .finds(Defect::open_drops_uncounted, Kind::invariant)
    .finds(Defect::finish_leaves_disabled, Kind::invariant);

void cpu_not_there(World& world, DefectBits defects) {
  Parameters parameters = Subject::small();
  parameters.possible_cpus = 2;
  Subject& subject = world.create<Subject>(world, defects, parameters);
  world.task("reader", Cpu{0}, [&subject, &world] {
    subject.store();
    Output& output = world.create<Output>();
    subject.cat_trace(output, Output::bytes_max);
    world.expect(output.lines == 1, "trace shows every message once");
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/cpu_not_there", cpu_not_there)
    .model(model)
    .summary("trace is read where a second CPU is possible, but not there")
    .finds(Defect::every_possible_cpu, Kind::invariant);

void truncating_open_fails(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  subject.store();
  world.task("user", Cpu{0}, [&subject, &world] {
    world.allocation_faults({.hard = 1});
    TraceFile* file = subject.module().open_trace({.write = true, .truncate = true});
    world.allocation_faults({});
    const bool opened = !kernel::IS_ERR(file);
    world.expect(subject.present() == (opened ? 0 : 1), "an open that fails changes nothing");
    if (opened) subject.module().close_trace(file);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/truncating_open_fails", truncating_open_fails)
    .model(model)
    .summary("trace is opened to truncate it, and memory is short")
    .finds(Defect::truncates_then_fails, Kind::invariant);

void truncate_while_stored(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small());
  world.task("user", Cpu{0}, [&subject] { subject.store(); });
  world.task("truncater", Cpu{1}, [&subject] {
    TraceFile* file = subject.module().open_trace({.read = false, .write = true, .truncate = true});
    if (!kernel::IS_ERR(file)) subject.module().close_trace(file);
  });
  subject.settle_at_end();
}
HEDDLE_SCENARIO("dynamic_debug/truncate_while_stored", truncate_while_stored)
    .model(model)
    .summary("trace is truncated while a message is stored")
    .cpus(2)
    .finds(Defect::reset_meets_writer, {Kind::kernel_assertion, Kind::invariant});

void init_without_memory(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small(), false);
  world.task("user", Cpu{0}, [&subject, &world] {
    world.allocation_faults({.hard = 1});
    const int error = subject.module().init();
    world.allocation_faults({});
    const int resized = subject.module().write_size(3);
    world.expect(resized == (error == 0 ? 0 : -ENOENT), "a failed init leaves no file");
    if (error == 0) subject.module().exit();
  });
}
HEDDLE_SCENARIO("dynamic_debug/init_without_memory", init_without_memory)
    .model(model)
    .summary("memory is short during init; then the size file is used")
    .finds(Defect::unwinding_leaves_file, {Kind::use_after_free, Kind::invariant});

void use_during_init(World& world, DefectBits defects) {
  Subject& subject = world.create<Subject>(world, defects, Subject::small(), false);
  world.task("init", Cpu{1}, [&subject] { subject.module().init(); });
  world.task("user", Cpu{0}, [&subject] { subject.store(); });
  world.finally([&subject] { subject.module().exit(); });
}
HEDDLE_SCENARIO("dynamic_debug/use_during_init", use_during_init)
    .model(model)
    .summary("a message is stored while the module is initialised")
    .cpus(2)
    .finds(Defect::files_before_memory, Kind::crash);

}  // namespace
}  // namespace heddle::scenarios::dynamic_debug
