// The word that somebody who mistyped one most likely meant.
#pragma once

#include <span>
#include <string_view>

namespace heddle::traces {

/// @returns the candidate with the fewest edits (insert, delete, replace a character) from `word`,
/// the earliest of equals; "" if even that takes more than a third of the word's length, or 1 of a
/// word of fewer than six characters.  Cost O(candidates * length^2); a word of over 64 characters
/// has none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace heddle::traces
