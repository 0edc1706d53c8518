// What a state is copied to, and back from: values are restored in the order in which they were
// saved, by the same function.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/check.hpp"

namespace heddle::sim {

/// Bytes of this process alone: pointers stay what they are. Use: save(), then whatever archive()
/// functions there are; later, as often as wanted, restore(), then the same functions.
class Archive {
 public:
  /// Begins anew: what follows is saved.
  void save() {
    size_ = at_ = 0;
    restores_ = false;
  }
  /// What follows is restored.
  void restore() {
    at_ = 0;
    restores_ = true;
  }
  bool restores() const { return restores_; }
  /// Was all restored that was saved? Else the functions that do so differ.
  bool is_over() const { return at_ == size_; }
  /// Of all that was saved, in bytes.
  std::size_t size() const { return size_; }

  [[gnu::always_inline]] void bytes(void* at, std::size_t count) {
    std::byte* const place = next(count);
    if (restores_)
      std::memcpy(at, place, count);
    else
      std::memcpy(place, at, count);
  }
  template <class T>
  void elements(T* at, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count != 0) bytes(at, count * sizeof(T));
  }
  template <class... T>
  void values(T&... values) {
    static_assert((std::is_trivially_copyable_v<T> && ...));
    std::byte* place = next((sizeof values + ...));
    if (restores_)
      ((std::memcpy(&values, place, sizeof values), place += sizeof values), ...);
    else
      ((std::memcpy(place, &values, sizeof values), place += sizeof values), ...);
  }
  /// All elements, and how many there are.
  template <class T>
  void whole(std::vector<T>& vector) {
    std::size_t size = vector.size();
    values(size);
    if (vector.size() != size) vector.resize(size);
    elements(vector.data(), size);
  }
  /// The first `used` of them. What is behind those stays.
  template <class T>
  void used(std::vector<T>& vector, std::size_t used) {
    if (vector.size() < used) vector.resize(used);
    elements(vector.data(), used);
  }

 private:
  /// Where the next bytes are, or are to be.
  std::byte* next(std::size_t count) {
    if (restores_) {
      HEDDLE_CHECK(count <= size_ - at_, "what is restored was saved");
      at_ += count;
      return room_.get() + at_ - count;
    }
    if (count > room_size_ - size_) [[unlikely]]
      grow(count);
    size_ += count;
    return room_.get() + size_ - count;
  }
  [[gnu::noinline]] void grow(std::size_t count) {
    const std::size_t wanted = 2 * (size_ + count) + 4'096;
    std::unique_ptr<std::byte[]> room(new std::byte[wanted]);
    if (size_ != 0) std::memcpy(room.get(), room_.get(), size_);
    room_ = std::move(room);
    room_size_ = wanted;
  }

  std::unique_ptr<std::byte[]> room_;
  std::size_t room_size_ = 0;
  std::size_t size_ = 0;
  std::size_t at_ = 0;
  bool restores_ = false;
};

}  // namespace heddle::sim
