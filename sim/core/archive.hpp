// Memory as it is at one moment, to be put back later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/check.hpp"

namespace heddle::sim {

/// Bytes of this process alone: pointers stay what they are. Whoever has a part in a state puts it
/// in, in an archive() of its own; restore() puts all of it back where it came from, in that order,
/// as often as wanted. Meanwhile all of it stays where it is, but for what vectors hold.
class Archive {
 public:
  /// Begins anew.
  void clear() {
    size_ = 0;
    next_ = nullptr;
  }
  /// Of what was put in, in bytes.
  std::size_t size() const { return size_; }

  void bytes(void* at, std::size_t count) { copy(at, at, count, nullptr); }
  template <class T>
  void elements(T* at, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (count != 0) bytes(at, count * sizeof(T));
  }
  template <class... T>
  void values(T&... values) {
    static_assert((std::is_trivially_copyable_v<T> && ...));
    (bytes(&values, sizeof values), ...);
  }
  /// All elements, and how many there are.
  template <class T>
  void whole(std::vector<T>& vector) {
    static_assert(std::is_trivially_copyable_v<T>);
    copy(&vector, vector.data(), vector.size() * sizeof(T),
         [](void* into, const std::byte* saved, std::size_t count) {
           auto& whole = *static_cast<std::vector<T>*>(into);
           if (whole.size() * sizeof(T) != count) whole.resize(count / sizeof(T));
           if (count != 0) std::memcpy(whole.data(), saved, count);
         });
  }
  /// The first `used` of them. What is behind those stays. @pre it never shrinks.
  template <class T>
  void used(std::vector<T>& vector, std::size_t used) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (used == 0) return;
    copy(&vector, vector.data(), used * sizeof(T),
         [](void* into, const std::byte* saved, std::size_t count) {
           std::memcpy(static_cast<std::vector<T>*>(into)->data(), saved, count);
         });
  }
  /// Bytes of its elements. @pre it never shrinks.
  template <class T>
  void part(std::vector<T>& vector, const void* begin, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto* const at = static_cast<const std::byte*>(begin);
    const auto first =
        static_cast<std::size_t>(at - reinterpret_cast<const std::byte*>(vector.data()));
    copy(&vector, &first, sizeof first, [](void* into, const std::byte* saved, std::size_t size) {
      std::size_t offset;
      std::memcpy(&offset, saved, sizeof offset);
      auto* const data = reinterpret_cast<std::byte*>(static_cast<std::vector<T>*>(into)->data());
      std::memcpy(data + offset, saved + sizeof offset, size - sizeof offset);
    });
    add(at, count);
  }
  /// How many elements each has. @pre until that is restored, those neither change nor go.
  template <class... T>
  void growth(std::vector<T>&... vectors) {
    struct Grown {
      std::tuple<std::vector<T>*...> vectors;
      std::array<std::size_t, sizeof...(T)> sizes;  // in bytes
    };
    const Grown now{{&vectors...}, {vectors.size() * sizeof(T)...}};
    copy(nullptr, &now, sizeof now, [](void*, const std::byte* saved, std::size_t) {
      const Grown& grown = *reinterpret_cast<const Grown*>(saved);
      std::apply(
          [&](std::vector<T>*... vector) {
            std::size_t i = 0;
            (cut(*vector, grown.sizes[i++]), ...);
          },
          grown.vectors);
    });
  }
  /// What restoring does at this place: action(object, value).
  template <class T, class Action>
  void then(T& object, std::uint64_t value, Action) {
    static_assert(std::is_empty_v<Action>, "an action captures nothing");
    copy(&object, &value, sizeof value, [](void* into, const std::byte* saved, std::size_t) {
      std::uint64_t given;
      std::memcpy(&given, saved, sizeof given);
      Action{}(*static_cast<T*>(into), given);
    });
  }

  void restore() const {
    for (const std::byte *at = room_.get(), *const end = at + padded(size_); at != end;) {
      const auto& record = *reinterpret_cast<const Record*>(at);
      const std::byte* const saved = at + sizeof record;
      if (record.restore == nullptr)
        put_back(record.to, saved, record.count);
      else
        record.restore(record.to, saved, record.count);
      at = saved + record.room;
    }
  }

 private:
  using Restore = void (*)(void* to, const std::byte* saved, std::size_t count);
  /// What belongs to one place; its bytes follow.
  struct Record {
    void* to;
    std::uint32_t count;
    std::uint32_t room;  // count, padded
    Restore restore;     // nullptr: they are copied
  };

  template <class T>
  static void cut(std::vector<T>& vector, std::size_t size) {
    if (vector.size() * sizeof(T) == size) [[likely]]
      return;
    HEDDLE_CHECK(size < vector.size() * sizeof(T), "a state is restored on the path that it is of");
    vector.resize(size / sizeof(T));
  }

  static constexpr std::size_t padded(std::size_t count) { return (count + 7) & ~std::size_t{7}; }

  /// memcpy, but that most pieces are too small for a call to be worth it.
  [[gnu::always_inline]] static void put_back(void* to, const std::byte* from, std::size_t count) {
    constexpr std::size_t block = 16;
    if (count < block || count > 8 * block) {
      std::memcpy(to, from, count);
      return;
    }
    auto* const into = static_cast<std::byte*>(to);
    const std::size_t last = count - block;  // overlaps the one before it
    for (std::size_t at = 0; at < last; at += block) __builtin_memcpy(into + at, from + at, block);
    __builtin_memcpy(into + last, from + last, block);
  }

  /// Neighbours are copied as one.
  void copy(void* to, const void* from, std::size_t count, Restore how) {
    if (how == nullptr && to == next_) {
      next_ += count;
      return add(from, count);
    }
    last_ = padded(size_);
    size_ = last_ + sizeof(Record) + count;
    make_room(0);
    std::byte* const at = room_.get() + last_;
    new (at) Record{to, static_cast<std::uint32_t>(count),
                    static_cast<std::uint32_t>(padded(count)), how};
    if (count != 0) std::memcpy(at + sizeof(Record), from, count);
    next_ = how == nullptr ? static_cast<std::byte*>(to) + count : nullptr;
  }
  /// To the last record.
  void add(const void* from, std::size_t count) {
    make_room(count);
    if (count != 0) std::memcpy(room_.get() + size_, from, count);
    size_ += count;
    Record& last = *reinterpret_cast<Record*>(room_.get() + last_);
    last.count += static_cast<std::uint32_t>(count);
    last.room = static_cast<std::uint32_t>(padded(last.count));
  }
  void make_room(std::size_t count) {
    if (room_size_ < size_ + count + sizeof(Record)) [[unlikely]]
      grow(2 * (size_ + count) + 4'096);
  }
  [[gnu::noinline]] void grow(std::size_t wanted) {
    std::unique_ptr<std::byte[]> room(new std::byte[wanted]);
    if (room_size_ != 0) std::memcpy(room.get(), room_.get(), room_size_);
    room_ = std::move(room);
    room_size_ = wanted;
  }

  std::unique_ptr<std::byte[]> room_;
  std::size_t room_size_ = 0;
  std::size_t size_ = 0;
  std::size_t last_ = 0;       // where the last record begins
  std::byte* next_ = nullptr;  // bytes of this place go to the last record
};

}  // namespace heddle::sim
