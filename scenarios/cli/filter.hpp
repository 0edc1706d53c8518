// Which scenarios a command is about.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/registry/scenario.hpp"

namespace heddle::cli {

/// Does `filter` select `name`? With one of * ? [ it is a glob on the whole name, and * matches any
/// characters, '/' too; otherwise it is a part of the name.
bool matches(std::string_view filter, std::string_view name);

/// The scenarios that any of the filters selects, sorted by name, each once. A filter that is the
/// whole name of a scenario selects just that one. No filter: all.
/// @throws InputError (nothing_selected) if a filter selects nothing, with near names.
std::vector<const scenarios::Scenario*> select(const std::vector<std::string>& filters);

/// A part of a selection: those whose position is congruent to `index` - 1 modulo `count`.
struct Shard {
  std::size_t index = 1;  ///< 1..count
  std::size_t count = 1;
};
[[noreturn]] void refuse_empty_shard(std::size_t whole, Shard shard, std::string_view what);

/// @param what  of the whole, in the message: "selected scenarios".
/// @throws InputError (nothing_selected) if the shard is empty.
template <class Item>
std::vector<Item> take_shard(const std::vector<Item>& whole, Shard shard, std::string_view what) {
  std::vector<Item> part;
  for (std::size_t i = shard.index - 1; i < whole.size(); i += shard.count)
    part.push_back(whole[i]);
  if (part.empty()) refuse_empty_shard(whole.size(), shard, what);
  return part;
}

/// The model of this name. @throws InputError if there is none, with near names.
const scenarios::Model& find_model(std::string_view name);

}  // namespace heddle::cli
