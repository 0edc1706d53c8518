// Generated workloads of nfs: what clients do, what the administrator does, what goes wrong. As a
// text:
//
//   estate lost=1 crash=1 | client mount use umount | client mount write | administrator umount
//
// A client uses the mount that it made last, and does nothing else before it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "traces/result.hpp"

namespace heddle::scenarios::nfs {

enum class ClientStep : std::uint8_t { mount, use, lock, unlock, write, sync, umount, count_ };
enum class AdministratorStep : std::uint8_t { umount, flush, revoke, exit, count_ };

inline constexpr std::size_t clients_max = 2;
inline constexpr std::size_t client_steps_max = 5;
inline constexpr std::size_t administrator_steps_max = 2;

struct Estate {
  std::uint8_t lost = 0;        ///< messages, 0..1
  std::uint8_t duplicated = 0;  ///< messages, 0..1
  std::uint8_t overtaken = 0;   ///< messages, 0..1
  std::uint8_t crash = 0;       ///< 1: the first client may crash, and come up again or not
  std::uint8_t reboot = 0;      ///< 1: the server may
  std::vector<std::vector<ClientStep>> clients;
  std::vector<AdministratorStep> administrator;
  friend bool operator==(const Estate&, const Estate&) = default;

  std::string text() const;
  static traces::Result<Estate> parse(std::string_view text);
};

}  // namespace heddle::scenarios::nfs

template <>
struct rc::Arbitrary<heddle::scenarios::nfs::Estate> {
  static rc::Gen<heddle::scenarios::nfs::Estate> arbitrary();
};
