// Sources of the conventions: GoogleTest, "Advanced Topics", on distributing test functions; Slurm,
// sbatch(1), "Output environment variables"; Kubernetes, "Indexed Job".
#include "scenarios/cli/shard_option.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"
#include "scenarios/cli/values.hpp"

namespace heddle::cli {
namespace {

constexpr std::uint64_t shards_max = 100'000;

std::optional<std::uint64_t> number(Environment environment, const char* name) {
  const std::optional<std::string_view> text = environment(name);
  if (!text || text->empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size())
    throw InputError(
        fmt::format("{} is '{}', which is no number: give --shard i/n, or unset it", name, *text));
  return value;
}

ShardOption checked(std::uint64_t index, std::uint64_t count, const char* source) {
  if (count == 0 || count > shards_max || index >= count)
    throw InputError(fmt::format(
        "{} names shard {} of {}, which is none (they count from 0): give --shard i/n, or unset it",
        source, index, count));
  return {{index + 1, count}, source};
}

[[noreturn]] void refuse_alone(const char* count, const char* index) {
  throw InputError(
      fmt::format("{} is set, but {} is not: set both, or give --shard i/n", count, index));
}

/// Position in a Slurm array, from 0; nothing outside of one.
std::optional<std::uint64_t> slurm_index(Environment environment) {
  const auto id = number(environment, "SLURM_ARRAY_TASK_ID");
  if (!id) return std::nullopt;
  const std::uint64_t least = number(environment, "SLURM_ARRAY_TASK_MIN").value_or(0);
  const std::uint64_t step = number(environment, "SLURM_ARRAY_TASK_STEP").value_or(1);
  const auto count = number(environment, "SLURM_ARRAY_TASK_COUNT");
  const auto most = number(environment, "SLURM_ARRAY_TASK_MAX");
  const bool gaps = step == 0 || *id < least || (*id - least) % step != 0 ||
                    (count && most && (*most - least) / step + 1 != *count);
  if (gaps)
    throw InputError(
        "the Slurm array has gaps, so its task ids are no shards: use --array=0-N, or give --shard "
        "i/n");
  return (*id - least) / step;
}

}  // namespace

std::optional<std::string_view> process_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

ShardOption parse_shard_option(std::string_view option, std::string_view text,
                               Environment environment) {
  if (!text.starts_with("*/")) return {parse_shard(option, text), std::string(option)};
  const Shard last = parse_shard(option, fmt::format("1/{}", text.substr(2)));
  for (const char* name : {"GTEST_SHARD_INDEX", "JOB_COMPLETION_INDEX"})
    if (const auto index = number(environment, name)) return checked(*index, last.count, name);
  if (const auto index = slurm_index(environment))
    return checked(*index, last.count, "SLURM_ARRAY_TASK_ID");
  throw InputError(
      fmt::format("{} {}: nothing in the environment names the shard (GTEST_SHARD_INDEX, "
                  "SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX does): give its number",
                  option, text));
}

ShardOption shard_of_environment(Environment environment) {
  const auto total = number(environment, "GTEST_TOTAL_SHARDS");
  const auto index = number(environment, "GTEST_SHARD_INDEX");
  if (total && index) return checked(*index, *total, "GTEST_SHARD_INDEX");
  if (total && *total != 1) refuse_alone("GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX");
  const auto count = number(environment, "SLURM_ARRAY_TASK_COUNT");
  if (!count) return {};
  const auto position = slurm_index(environment);
  if (position) return checked(*position, *count, "SLURM_ARRAY_TASK_ID");
  if (*count != 1) refuse_alone("SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_ID");
  return {};
}

std::string shard_text(const ShardOption& option) {
  if (option.source.empty()) return "";
  std::string text = fmt::format(", shard {}/{}", option.shard.index, option.shard.count);
  if (option.source != "--shard") text += fmt::format(" ({})", option.source);
  return text;
}

}  // namespace heddle::cli
