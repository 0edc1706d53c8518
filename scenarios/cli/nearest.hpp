// Suggestions for mistyped words: options, verbs, scenarios, defects.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::cli {

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`, upper
/// and lower case being equal (optimal string alignment). Cost O(|a| * |b|).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidates near enough to `word` to be meant, nearest first, then alphabetically; at most
/// `count`. Near enough: a third of the word may differ, and two letters at least. A candidate that
/// contains the word, or begins it, counts as near too.
std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates,
                                 std::size_t count = 3);

/// ", did you mean 'a' or 'b'?", or nothing if nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace heddle::cli
