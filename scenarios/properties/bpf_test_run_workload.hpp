// Generated workloads of bpf_test_run: a few users, each with one call. As a text:
//
//   users hard=1 fault=1 kill=1 packets=1 | skb cpu0 maps=3 repeat=2 room=7 context=1 moves=1
//
// `hard` and `fault` say how many allocations and copies may fail, `packets` how many arrive on
// CPU 0. What is 0 is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "traces/result.hpp"

namespace heddle::scenarios::bpf_test_run {

struct GeneratedCall {
  std::uint8_t kind = 0;     ///< a models::bpf_test_run::Kind
  std::uint16_t cpu = 0;     ///< below `user_cpus`
  std::uint8_t maps = 0;     ///< which kinds of storage the program uses, as bits
  std::uint8_t repeat = 0;   ///< 0..3
  std::uint8_t room = 0;     ///< for the packet, in bytes, up to one more than it has
  std::uint8_t context = 0;  ///< 1: one is passed in and out
  std::uint8_t moves = 0;    ///< how often the user may be told to give way and move, 0..1
  friend bool operator==(const GeneratedCall&, const GeneratedCall&) = default;
};

inline constexpr std::uint16_t user_cpus = 2;
inline constexpr std::size_t calls_max = 3;

struct Calls {
  std::uint8_t hard = 0;
  std::uint8_t fault = 0;
  std::uint8_t kill = 0;  ///< 1: the first user may be killed, at any step
  std::uint8_t packets = 0;
  std::vector<GeneratedCall> calls;
  friend bool operator==(const Calls&, const Calls&) = default;

  std::string text() const;
  static traces::Result<Calls> parse(std::string_view text);
};

}  // namespace heddle::scenarios::bpf_test_run

template <>
struct rc::Arbitrary<heddle::scenarios::bpf_test_run::Calls> {
  static rc::Gen<heddle::scenarios::bpf_test_run::Calls> arbitrary();
};
