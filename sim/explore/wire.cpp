#include "sim/explore/wire.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace heddle::sim::wire {
namespace {
struct Header {
  std::uint32_t type;
  std::uint32_t size;
};
}  // namespace

Writer::Writer(Type type) : bytes_(sizeof(Header), '\0') {
  const Header header{static_cast<std::uint32_t>(type), 0};
  std::memcpy(bytes_.data(), &header, sizeof header);
}

Writer& Writer::number(std::uint64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  return *this;
}

Writer& Writer::text(std::string_view text) {
  number(text.size());
  bytes_.append(text);
  return *this;
}

std::string_view Writer::payload() const { return std::string_view(bytes_).substr(sizeof(Header)); }

bool Writer::send(int socket) {
  const std::size_t payload = bytes_.size() - sizeof(Header);
  if (payload > message_bytes_max) return false;
  const auto size = static_cast<std::uint32_t>(payload);
  std::memcpy(bytes_.data() + offsetof(Header, size), &size, sizeof size);
  for (std::size_t sent = 0; sent < bytes_.size();) {
    const ssize_t n = ::send(socket, bytes_.data() + sent, bytes_.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

std::uint64_t Reader::number() {
  std::uint64_t value = 0;
  if (rest_.size() < sizeof value) {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return value;
}

std::string Reader::text() {
  const std::uint64_t size = number();
  if (size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  std::string text(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return text;
}

bool Inbox::receive(int socket) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::recv(socket, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (n <= 0) return false;
    bytes_.erase(0, read_);
    read_ = 0;
    bytes_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }
}

std::optional<Reader> Inbox::next() {
  Header header;
  const std::size_t there = bytes_.size() - read_;
  if (broken_ || there < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes_.data() + read_, sizeof header);
  if (header.type >= static_cast<std::uint32_t>(Type::count_) || header.size > message_bytes_max) {
    broken_ = true;
    return std::nullopt;
  }
  if (there - sizeof header < header.size) return std::nullopt;
  const std::string_view payload(bytes_.data() + read_ + sizeof header, header.size);
  read_ += sizeof header + header.size;
  return Reader(static_cast<Type>(header.type), payload);
}

}  // namespace heddle::sim::wire
