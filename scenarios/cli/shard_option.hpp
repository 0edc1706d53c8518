// Which part of a selection a process takes: --shard, or what a job array says in the environment.
// This is the one thing that the environment decides, so the first line of the output tells it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/cli/filter.hpp"

namespace heddle::cli {

/// The environment by name; nothing for a variable that is not set.
using Environment = std::optional<std::string_view> (*)(const char* name);
std::optional<std::string_view> process_environment(const char* name);

struct ShardOption {
  Shard shard;
  std::string source;  ///< "--shard", or the variable that it was taken from; "": all, unasked
};

/// "2/5", or "*/5": of five, the one that the environment names. @throws InputError.
ShardOption parse_shard_option(std::string_view option, std::string_view text,
                               Environment environment = process_environment);

/// Without the option: GTEST_TOTAL_SHARDS with GTEST_SHARD_INDEX, else SLURM_ARRAY_TASK_COUNT with
/// SLURM_ARRAY_TASK_ID, _MIN and _STEP, else all.
/// @throws InputError if they are no shard, such as an array of tasks with gaps.
ShardOption shard_of_environment(Environment environment = process_environment);

/// ", shard 2/5 (SLURM_ARRAY_TASK_ID)"; "" if it is the whole.
std::string shard_text(const ShardOption& option);

}  // namespace heddle::cli
