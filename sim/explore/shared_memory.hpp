// Memory that a campaign's processes share: mapped before the fork, at one address in all of them.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace heddle::sim {

/// A range of zeroed bytes; pages that nobody touches cost nothing.
class SharedMemory {
 public:
  /// Errors: ends the process with a sentence when the system refuses.
  explicit SharedMemory(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  void* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Hands out a SharedMemory piece by piece. What it remembers lies in that memory as well, so a
/// worker goes on where the one before it stopped. Nothing is ever taken back.
class SharedResource final : public std::pmr::memory_resource {
 public:
  /// Builds the resource at the start of `memory`, which it then owns up to its end.
  static SharedResource& create_in(SharedMemory& memory);

 private:
  SharedResource(char* next, char* end) : next_(next), end_(end) {}
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  char* next_;
  char* end_;
};

}  // namespace heddle::sim
