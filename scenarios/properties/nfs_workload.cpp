#include "scenarios/properties/nfs_workload.hpp"

#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "scenarios/properties/generators.hpp"
#include "scenarios/registry/text_reader.hpp"

namespace heddle::scenarios::nfs {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(ClientStep::count_)> client_words =
    {"mount", "use", "lock", "unlock", "write", "sync", "umount"};
constexpr std::array<std::string_view, static_cast<std::size_t>(AdministratorStep::count_)>
    administrator_words = {"umount", "flush", "revoke", "exit"};

template <class Step, std::size_t count>
std::string words_of(const std::vector<Step>& steps,
                     const std::array<std::string_view, count>& words) {
  std::string text;
  for (const Step step : steps) text += fmt::format(" {}", words[static_cast<std::size_t>(step)]);
  return text;
}

/// Of " mount use | client …": up to the bar, or to the end.
template <class Step, std::size_t count>
std::vector<Step> parse_steps(TextReader& reader, std::size_t most,
                              const std::array<std::string_view, count>& words) {
  std::vector<Step> steps;
  while (reader.ok() && !reader.at_end() && !reader.sees(" |")) {
    if (steps.size() == most) reader.fail(fmt::format("expected at most {} steps", most));
    reader.expect(" ");
    steps.push_back(static_cast<Step>(reader.word(words)));
  }
  return steps;
}

template <class Step>
rc::Gen<std::vector<Step>> any_steps(std::size_t most) {
  return some(most - 1, below<Step>(static_cast<int>(Step::count_)));
}

rc::Gen<std::uint8_t> maybe() { return below<std::uint8_t>(2); }

/// Everybody mounts first: little is to be learned of who does not.
std::vector<ClientStep> mounted(std::vector<ClientStep> steps) {
  if (steps.size() == client_steps_max) steps.pop_back();
  steps.insert(steps.begin(), ClientStep::mount);
  return steps;
}

}  // namespace

std::string Estate::text() const {
  std::string text = "estate";
  if (lost != 0) text += " lost=1";
  if (duplicated != 0) text += " duplicated=1";
  if (overtaken != 0) text += " overtaken=1";
  if (crash != 0) text += " crash=1";
  if (reboot != 0) text += " reboot=1";
  for (const auto& steps : clients) text += " | client" + words_of(steps, client_words);
  return text + " | administrator" + words_of(administrator, administrator_words);
}

traces::Result<Estate> Estate::parse(std::string_view text) {
  TextReader reader(text);
  Estate plan;
  reader.expect("estate");
  if (reader.take(" lost=1")) plan.lost = 1;
  if (reader.take(" duplicated=1")) plan.duplicated = 1;
  if (reader.take(" overtaken=1")) plan.overtaken = 1;
  if (reader.take(" crash=1")) plan.crash = 1;
  if (reader.take(" reboot=1")) plan.reboot = 1;
  while (reader.take(" | client"))
    plan.clients.push_back(parse_steps<ClientStep>(reader, client_steps_max, client_words));
  if (plan.clients.size() > clients_max)
    reader.fail(fmt::format("expected at most {} clients", clients_max));
  reader.expect(" | administrator");
  plan.administrator =
      parse_steps<AdministratorStep>(reader, administrator_steps_max, administrator_words);
  return reader.finish(std::move(plan));
}

}  // namespace heddle::scenarios::nfs

namespace rc {

Gen<heddle::scenarios::nfs::Estate> Arbitrary<heddle::scenarios::nfs::Estate>::arbitrary() {
  using namespace heddle::scenarios::nfs;
  const auto client = gen::map(any_steps<ClientStep>(client_steps_max), &mounted);
  const auto clients =
      gen::resize(static_cast<int>(clients_max),
                  gen::container<std::vector<std::vector<ClientStep>>>(gen::resize(100, client)));
  return gen::map(
      gen::tuple(maybe(), maybe(), maybe(), maybe(), maybe(), clients,
                 any_steps<AdministratorStep>(administrator_steps_max)),
      [](std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t,
                    std::vector<std::vector<ClientStep>>, std::vector<AdministratorStep>>
             parts) {
        auto& [lost, duplicated, overtaken, crash, reboot, list, administrator] = parts;
        return Estate{
            lost, duplicated, overtaken, crash, reboot, std::move(list), std::move(administrator)};
      });
}

}  // namespace rc
