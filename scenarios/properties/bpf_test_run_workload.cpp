#include "scenarios/properties/bpf_test_run_workload.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "scenarios/properties/generators.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios::bpf_test_run {
namespace {

constexpr std::array<std::string_view, 3> kind_words = {"skb", "xdp", "flow"};
constexpr int room_max = 9;

/// A number with its name, which stands in the text unless it is 0.
struct CallField {
  std::string_view prefix;
  std::uint8_t GeneratedCall::* value;
  int max;
};
constexpr std::array<CallField, 5> call_fields = {{{" maps=", &GeneratedCall::maps, 3},
                                                   {" repeat=", &GeneratedCall::repeat, 3},
                                                   {" room=", &GeneratedCall::room, room_max},
                                                   {" context=", &GeneratedCall::context, 1},
                                                   {" moves=", &GeneratedCall::moves, 1}}};
struct WorldField {
  std::string_view name;
  std::uint8_t Calls::* value;
};
constexpr std::array<WorldField, 4> world_fields = {{{"hard=", &Calls::hard},
                                                     {"fault=", &Calls::fault},
                                                     {"kill=", &Calls::kill},
                                                     {"packets=", &Calls::packets}}};

GeneratedCall parse_call(TextReader& reader) {
  GeneratedCall call;
  call.kind = static_cast<std::uint8_t>(reader.word(kind_words));
  reader.expect(" cpu");
  call.cpu = static_cast<std::uint16_t>(reader.number(0, user_cpus - 1));
  for (const CallField& field : call_fields)
    if (reader.take(field.prefix))
      call.*field.value = static_cast<std::uint8_t>(reader.number(1, field.max));
  return call;
}

rc::Gen<std::uint8_t> up_to(int max) { return below<std::uint8_t>(max + 1); }

}  // namespace

std::string Calls::text() const {
  std::string text = "users";
  for (const WorldField& field : world_fields)
    if (this->*field.value != 0) text += fmt::format(" {}{}", field.name, this->*field.value);
  for (const GeneratedCall& call : calls) {
    text += fmt::format(" | {} cpu{}", kind_words[call.kind], call.cpu);
    for (const CallField& field : call_fields)
      if (call.*field.value != 0) text += fmt::format("{}{}", field.prefix, call.*field.value);
  }
  return text;
}

traces::Result<Calls> Calls::parse(std::string_view text) {
  TextReader reader(text);
  Calls plan;
  reader.expect("users");
  for (const WorldField& field : world_fields)
    if (reader.take(fmt::format(" {}", field.name)))
      plan.*field.value = static_cast<std::uint8_t>(reader.number(1, 1));
  while (reader.take(" | ")) plan.calls.push_back(parse_call(reader));
  if (plan.calls.size() > calls_max)
    reader.fail(fmt::format("expected at most {} calls", calls_max));
  return reader.finish(std::move(plan));
}

}  // namespace heddle::scenarios::bpf_test_run

namespace rc {

Gen<heddle::scenarios::bpf_test_run::Calls>
Arbitrary<heddle::scenarios::bpf_test_run::Calls>::arbitrary() {
  using namespace heddle::scenarios::bpf_test_run;
  const Gen<GeneratedCall> call = gen::build<GeneratedCall>(
      gen::set(&GeneratedCall::kind, up_to(2)),
      gen::set(&GeneratedCall::cpu,
               gen::map(up_to(user_cpus - 1),
                        [](std::uint8_t cpu) { return static_cast<std::uint16_t>(cpu); })),
      gen::set(&GeneratedCall::maps, up_to(3)), gen::set(&GeneratedCall::repeat, up_to(3)),
      gen::set(&GeneratedCall::room, up_to(room_max)), gen::set(&GeneratedCall::context, up_to(1)),
      gen::set(&GeneratedCall::moves, up_to(1)));
  const auto calls = gen::withSize([call](int size) {
    const int most = 1 + size * static_cast<int>(calls_max) / 100;
    return gen::resize(most < static_cast<int>(calls_max) ? most : static_cast<int>(calls_max),
                       gen::container<std::vector<GeneratedCall>>(call));
  });
  return gen::build<Calls>(gen::set(&Calls::hard, up_to(1)), gen::set(&Calls::fault, up_to(1)),
                           gen::set(&Calls::kill, up_to(1)), gen::set(&Calls::packets, up_to(1)),
                           gen::set(&Calls::calls, calls));
}

}  // namespace rc
