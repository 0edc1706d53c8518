// The suites that heddle brings along (scenarios/suites), embedded when it is built.
#pragma once

#include <span>
#include <string_view>

namespace heddle::cli {

struct ShippedSuite {
  std::string_view name;
  std::string_view text;
};

/// By name.
std::span<const ShippedSuite> shipped_suites();

}  // namespace heddle::cli
