// `heddle_measure`: the figures of docs/performance.md, taken on this machine, as tables and as
// JSON.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "bench/measure/growth.hpp"
#include "bench/measure/limit.hpp"

namespace heddle::bench {
namespace {

using nlohmann::ordered_json;

void print(const Limit& limit) {
  fmt::print(
      "\nHow far from the limit: cost of an execution over that of its switches ({:.1f} ns each)\n"
      "and starts ({:.1f} ns each) on Boost.Context alone. CPU time, medians of ratios within a "
      "round.\n\n",
      limit.switch_ns, limit.start_ns);
  fmt::print("{:<10} {:>6} {:>8} {:>6} | {:>8} {:>6} | {:>8} {:>6} | {:>8} {:>6} {:>9}\n", "",
             "starts", "switches", "steps", "bare ns", "x", "checks", "x", "all ns", "x",
             "M/s all");
  for (const LimitRow& row : limit.rows)
    fmt::print(
        "{:<10} {:>6.1f} {:>8.1f} {:>6.1f} | {:>8.0f} {:>6.2f} | {:>8.0f} {:>6.2f} | {:>8.0f} "
        "{:>6.2f} {:>9.2f}\n",
        row.program, row.work.starts, row.work.switches, row.work.steps, row.bare_ns,
        row.bare_ratio, row.checks_ns, row.checks_ratio, row.all_ns, row.all_ratio,
        1e3 / row.all_ns);
  fmt::print(
      "\na step of an execution of a million, all on: {:.1f} ns\n"
      "a plain access that does not race: {:.2f} ns with all on, {:.2f} ns with nothing on\n",
      limit.step_ns, limit.access_ns, limit.access_bare_ns);
}

void print(const Curve& curve) {
  fmt::print("\n{}: {} by {}\n", curve.title, curve.y, curve.x);
  for (const Point& point : curve.points) fmt::print("{:>10.0f} {:>10.1f}\n", point.x, point.y);
}

ordered_json json_of(const std::vector<Curve>& curves) {
  ordered_json all = ordered_json::array();
  for (const Curve& curve : curves) {
    ordered_json points = ordered_json::array();
    for (const Point& point : curve.points) points.push_back({point.x, point.y});
    all.push_back({{"name", curve.name},
                   {"title", curve.title},
                   {"x", curve.x},
                   {"y", curve.y},
                   {"points", points}});
  }
  return all;
}

ordered_json json_of(const Limit& limit) {
  ordered_json rows = ordered_json::array();
  for (const LimitRow& row : limit.rows)
    rows.push_back({{"program", row.program},
                    {"starts", row.work.starts},
                    {"switches", row.work.switches},
                    {"steps", row.work.steps},
                    {"bare", {{"ns", row.bare_ns}, {"over_limit", row.bare_ratio}}},
                    {"checks", {{"ns", row.checks_ns}, {"over_limit", row.checks_ratio}}},
                    {"all", {{"ns", row.all_ns}, {"over_limit", row.all_ratio}}}});
  return {{"switch_ns", limit.switch_ns}, {"start_ns", limit.start_ns},
          {"executions", rows},           {"step_ns", limit.step_ns},
          {"access_ns", limit.access_ns}, {"access_bare_ns", limit.access_bare_ns}};
}

Form form_of(const std::string& word) {
  if (word == "bare") return Form::bare;
  return word == "checks" ? Form::checks : Form::all;
}

struct RunOptions {
  std::string program;
  int n = 0;
  int k = 0;
  std::uint16_t cpus = 64;
  std::string form = "all";
  std::uint64_t executions = 1'000'000;
};

/// One line, as bench/peers/compare.py reads it.
int run_one(const RunOptions& options) {
  const Workload workload{program(options.program), options.n, options.k, options.cpus};
  if (workload.program == nullptr) {
    fmt::print(stderr, "heddle_measure: there is no program '{}'; there are", options.program);
    for (const auto all : {programs(), counted_programs()})
      for (const Program& each : all) fmt::print(stderr, " {}", each.name);
    fmt::print(stderr, "\n");
    return 2;
  }
  sim::Reduction reduction{};
  if (sim::reduction_from(options.form, reduction)) {
    const Searched searched =
        search(workload, reduction, *std::pmr::new_delete_resource(), options.executions);
    fmt::print("executions {} seconds {:.6f}", searched.executions, searched.seconds);
    if (searched.states != 0) fmt::print(" states {}", searched.states);
    fmt::print("\n");
    return 0;
  }
  const double seconds = run(workload, form_of(options.form), options.executions);
  fmt::print("executions {} seconds {:.6f}\n", options.executions, seconds);
  return 0;
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) {
  using namespace heddle::bench;
  CLI::App app("Measures heddle against what its executions cost at the least.");
  int rounds = 15;
  double seconds = 0.02;
  std::string json;
  app.add_option("--rounds", rounds, "how often everything is measured in turn")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seconds", seconds, "CPU time of each measurement")
      ->check(CLI::Range(0.001, 10.0));
  app.add_option("--json", json, "write the figures to this file");
  bool growth = false;
  app.add_flag("--growth", growth, "measure too how cost grows");
  RunOptions options;
  CLI::App* one = app.add_subcommand("run", "runs one program, and says how long it took");
  one->add_option("program", options.program, "its name")->required();
  one->add_option("n", options.n, "its first size, mostly how many tasks");
  one->add_option("k", options.k, "its second size, mostly how many rounds");
  one->add_option("--cpus", options.cpus, "of the machine; most programs need one for each task")
      ->check(CLI::Range(1, 64));
  one->add_option("--form", options.form,
                  "sampled with bare: nothing on, checks: races and deadlocks, or all; or searched "
                  "with none, optimal or states")
      ->check(CLI::IsMember({"bare", "checks", "all", "none", "optimal", "states"}));
  one->add_option("--executions", options.executions, "how many");
  CLI11_PARSE(app, argc, argv);
  if (one->parsed()) return run_one(options);

  const Limit limit = measure_limit(rounds, seconds);
  print(limit);
  ordered_json figures = {{"limit", json_of(limit)}};
  if (growth) {
    const std::vector<Curve> curves = measure_growth(rounds, seconds);
    for (const Curve& curve : curves) print(curve);
    figures["growth"] = json_of(curves);
  }
  if (json.empty()) return 0;
  std::ofstream file(json);
  file << figures.dump(2) << '\n';
  if (file.flush()) return 0;
  fmt::print(stderr, "heddle_measure: {} cannot be written\n", json);
  return 2;
}
