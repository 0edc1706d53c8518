// The writer. The reader is in reader.cpp.
#include "traces/format.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>

#include <fmt/format.h>
#include <xxhash.h>

#include "traces/token.hpp"

namespace heddle::traces {
namespace {

class Writer {
 public:
  void write(const Trace& trace, std::string_view rendering) {
    line("heddle trace {}", format_version);
    text("scenario", trace.scenario);
    if (!trace.variant.empty()) text("variant", trace.variant);
    for (const auto& [name, value] : trace.parameters) text("parameter " + as_token(name), value);
    write_workload(trace.workload);
    write_machine(trace.machine);
    if (!trace.strategy.empty()) text("strategy", trace.strategy);
    line("seed {:#x}", trace.seed);
    line("execution {}", trace.execution);
    if (!trace.build.empty()) text("build", trace.build);
    if (trace.finding) {
      line("finding {} {}", word(trace.finding->kind), as_token(trace.finding->fingerprint));
      text("message", trace.finding->message);
    }
    write_comments(rendering);
    write_choices(trace.choices);
    line("checksum {:016x}", XXH64(summed_.data(), summed_.size(), 0));
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    const std::size_t start = bytes_.size();
    fmt::format_to(std::back_inserter(bytes_), format, std::forward<Arguments>(arguments)...);
    bytes_ += '\n';
    summed_.append(bytes_, start);
  }
  void text(std::string_view word, std::string_view value) {
    line("{}{}{}", word, value.empty() ? "" : " ", as_text(value));
  }

  /// A line of the workload each; the last one has no end of its own.
  void write_workload(std::string_view workload) {
    while (!workload.empty()) {
      const std::size_t end = workload.find('\n');
      text("workload", workload.substr(0, end));
      if (end == std::string_view::npos) break;
      workload.remove_prefix(end + 1);
      if (workload.empty()) text("workload", "");
    }
  }

  /// The bindings name every member: a new one makes this fail to compile.
  void write_machine(const sim::MachineConfig& machine) {
    const auto& [cpus, preemption, interleave, relaxing, time, faults, limits, racy] = machine;
    const auto& [hard, soft] = faults;
    const auto& [steps_max, accesses_max] = limits;
    line("cpus {}", cpus);
    line("preemption {}", word(preemption));
    line("interleave {}", word(interleave));
    if (relaxing != sim::Relaxing::waits) line("relaxing {}", word(relaxing));
    if (time != sim::Time::asynchronous) line("time {}", word(time));
    line("hard-allocation-faults {}", hard);
    line("soft-allocation-faults {}", soft);
    line("steps-max {}", steps_max);
    line("accesses-between-steps-max {}", accesses_max);
    for (const auto& [label, offset, size] : racy)
      line("racy {} {} {}", as_token(label), offset, size);
  }

  void write_comments(std::string_view rendering) {
    while (!rendering.empty()) {
      const std::size_t end = rendering.find('\n');
      const std::string_view comment = rendering.substr(0, end);
      bytes_ += comment.empty() ? "#" : "# ";
      bytes_ += as_text(comment);
      bytes_ += '\n';
      if (end == std::string_view::npos) break;
      rendering.remove_prefix(end + 1);
    }
  }

  void write_choices(const std::vector<Choice>& choices) {
    line("choices {}", choices.size());
    const Choice* run = nullptr;  // by whom the last scheduled choice was
    for (std::size_t i = 0; i < choices.size();) {
      const Choice& choice = choices[i];
      std::size_t count = 1;
      while (i + count < choices.size() && choices[i + count] == choice) ++count;
      if (choice.reason == sim::Reason::schedule &&
          (run == nullptr || run->context != choice.context)) {
        line("run {}", as_token(choice.context));
        run = &choice;
      }
      write_choice(choice, count);
      i += count;
    }
  }

  void write_choice(const Choice& choice, std::size_t count) {
    const std::string times = count == 1 ? std::string{} : fmt::format(" x{}", count);
    if (choice.reason != sim::Reason::schedule) {
      line("  choose {} {} of {}{}", word(choice.reason), choice.value, choice.arity, times);
    } else if (choice.object.empty()) {
      line("  {} of {}{}", word(choice.kind), choice.arity, times);
    } else {
      line("  {} {} of {}{}", word(choice.kind), as_token(choice.object), choice.arity, times);
    }
  }

  std::string bytes_;
  std::string summed_;  // the same without comments
};

std::string system_error() { return std::strerror(errno); }

}  // namespace

std::string to_text(const Trace& trace, std::string_view rendering) {
  HEDDLE_CHECK(trace.choices.size() <= limits::choices_max, "a trace has a bounded size");
  Writer writer;
  writer.write(trace, rendering);
  return writer.take();
}

std::optional<Error> write_file(const Trace& trace, std::string_view rendering,
                                const std::string& path) {
  const std::string text = to_text(trace, rendering);
  const std::string unfinished = path + ".part";
  std::FILE* file = std::fopen(unfinished.c_str(), "wb");
  if (file == nullptr)
    return Error{fmt::format("{}: cannot be written: {}", unfinished, system_error())};
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed && std::rename(unfinished.c_str(), path.c_str()) == 0) return std::nullopt;
  const std::string reason = system_error();
  std::remove(unfinished.c_str());
  return Error{fmt::format("{}: cannot be written: {}", path, reason)};
}

}  // namespace heddle::traces
