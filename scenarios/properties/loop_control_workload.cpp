#include "scenarios/properties/loop_control_workload.hpp"

#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "scenarios/properties/generators.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios::loop_control {
namespace {

using Kind = Process::Kind;

constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::count_)> kind_words = {
    "losetup", "autoclear", "mount", "udev", "collector", "adder", "reader"};

bool has_number(Kind kind) {
  return kind != Kind::losetup && kind != Kind::autoclear && kind != Kind::udev;
}

Process parse_process(TextReader& reader) {
  Process process;
  process.kind = static_cast<Kind>(reader.word(kind_words));
  reader.expect(" cpu");
  process.cpu = static_cast<std::uint16_t>(reader.number(0, cpus - 1));
  if (!has_number(process.kind)) return process;
  reader.expect(" ");
  process.number = static_cast<std::uint8_t>(reader.number(0, numbers - 1));
  return process;
}

rc::Gen<Process> any_process() {
  return rc::gen::map(rc::gen::tuple(below<int>(static_cast<int>(Kind::count_)),
                                     below<std::uint16_t>(cpus), below<std::uint8_t>(numbers)),
                      [](const std::tuple<int, std::uint16_t, std::uint8_t>& parts) {
                        Process process{static_cast<Kind>(std::get<0>(parts)), std::get<1>(parts),
                                        std::get<2>(parts)};
                        if (!has_number(process.kind)) process.number = 0;
                        return process;
                      });
}

}  // namespace

std::string Households::text() const {
  std::string text = fmt::format("devices={}", devices);
  if (hard != 0) text += fmt::format(" hard={}", hard);
  if (kill != 0) text += fmt::format(" kill={}", kill);
  for (const Process& process : processes) {
    text +=
        fmt::format(" | {} cpu{}", kind_words[static_cast<std::size_t>(process.kind)], process.cpu);
    if (has_number(process.kind)) text += fmt::format(" {}", process.number);
  }
  return text;
}

traces::Result<Households> Households::parse(std::string_view text) {
  TextReader reader(text);
  Households plan;
  reader.expect("devices=");
  plan.devices = static_cast<std::uint8_t>(reader.number(0, numbers - 1));
  if (reader.take(" hard=")) plan.hard = static_cast<std::uint8_t>(reader.number(1, 1));
  if (reader.take(" kill=")) plan.kill = static_cast<std::uint8_t>(reader.number(1, 1));
  while (reader.take(" | ")) plan.processes.push_back(parse_process(reader));
  if (plan.processes.size() > processes_max)
    reader.fail(fmt::format("expected at most {} processes", processes_max));
  return reader.finish(std::move(plan));
}

}  // namespace heddle::scenarios::loop_control

namespace rc {

Gen<heddle::scenarios::loop_control::Households>
Arbitrary<heddle::scenarios::loop_control::Households>::arbitrary() {
  using namespace heddle::scenarios;
  using namespace heddle::scenarios::loop_control;
  return gen::map(
      gen::tuple(below<std::uint8_t>(numbers), below<std::uint8_t>(2), below<std::uint8_t>(2),
                 some(processes_max - 1, any_process())),
      [](std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::vector<Process>> parts) {
        auto& [devices, hard, kill, list] = parts;
        return Households{devices, hard, kill, std::move(list)};
      });
}

}  // namespace rc
