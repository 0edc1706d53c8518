// Assertions of the code under test and what happens when one fails.
#pragma once

#include <cstdint>

#include "sim/core/object.hpp"

namespace heddle::sim::kernel {

/// The kernel stops: nothing of this execution runs any more. Never returns.
[[noreturn]] void panic(const char* text);

/// What a failed assertion does after its report.
enum class LbugMode : std::uint8_t {
  panic,  ///< stops the kernel
  park,   ///< stops this context for ever; the others go on
  ignore  ///< assertions are compiled out: no report, nothing happens
};
/// An assertion has failed: `text` says what should have held. Returns only in LbugMode::ignore.
/// A context that is expected to fail here (expect_assertion) is parked without a finding.
void lbug(const char* text, LbugMode mode);

/// A finding and a panic if `failed`; `text` says what should have held. A context that is expected
/// to fail here is parked without a finding.
void BUG_ON(bool failed, const char* text);
/// A finding if `failed`, unless it is expected here; goes on. @returns failed.
bool WARN_ON(bool failed, const char* text);

/// BUG_ON(true, text) on behalf of the code at `place`.
[[noreturn]] void bug(const char* text, Place place);

/// The running context's next assertion fails by right: a specification asks for the report.
void expect_assertion();
/// @returns whether the expected assertion did not come; nothing is expected any more.
bool still_expects_assertion();

}  // namespace heddle::sim::kernel
