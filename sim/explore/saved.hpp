// Pieces of a search's state as bytes, so that another process of the same build can go on with it.
// Nothing is checked but sizes: who stores such bytes adds a checksum and the identity of the
// build.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/explore/wire.hpp"

namespace heddle::sim {

template <class T>
void save(wire::Writer& writer, const T* values, std::size_t count) {
  static_assert(std::is_trivially_copyable_v<T>, "only plain values are their bytes");
  writer.text({reinterpret_cast<const char*>(values), count * sizeof(T)});
}

template <class T>
void save(wire::Writer& writer, const T& value) {
  save(writer, &value, 1);
}

template <class T>
void save(wire::Writer& writer, const std::pmr::vector<T>& values) {
  save(writer, values.data(), values.size());
}

/// @returns false, and leaves the value alone, if what comes next is not of its size.
template <class T>
bool load(wire::Reader& reader, T& value) {
  static_assert(std::is_trivially_copyable_v<T>, "only plain values are their bytes");
  const std::string bytes = reader.text();
  if (bytes.size() != sizeof(T)) return false;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return true;
}

/// The vector keeps its room. @returns false if what comes next is no row of such values.
template <class T>
bool load(wire::Reader& reader, std::pmr::vector<T>& values) {
  const std::string bytes = reader.text();
  if (!reader.ok() || bytes.size() % sizeof(T) != 0) return false;
  values.resize(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return true;
}

}  // namespace heddle::sim
