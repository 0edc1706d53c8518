// Values of options: text in, a checked value out. Each names the option and the range when the
// text is not what it should be.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/filter.hpp"

namespace heddle::cli {

/// A decimal number in least..most; '_' and ',' may separate digits. @throws InputError.
std::uint64_t parse_number(std::string_view option, std::string_view text, std::uint64_t least,
                           std::uint64_t most);
/// Up to 16 hexadecimal digits, with or without 0x. @throws InputError.
std::uint64_t parse_hex(std::string_view option, std::string_view text);
/// A positive duration with its unit: 500ms, 60s, 5m, 2h; at most 30 days. @throws InputError.
std::chrono::milliseconds parse_duration(std::string_view option, std::string_view text);
/// "2/5". @throws InputError.
Shard parse_shard(std::string_view option, std::string_view text);
/// One of `words`. @returns its index. @throws InputError, with the near ones.
std::size_t parse_word(std::string_view option, std::string_view text,
                       std::span<const std::string> words);

}  // namespace heddle::cli
