// How a campaign's processes talk: length-prefixed messages over a socket. What a worker sends is
// checked, as the code under test may have written over anything in its process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heddle::sim::wire {

enum class Type : std::uint32_t {
  finding,     ///< worker: slot, index, report
  fact,        ///< worker: text
  phase_done,  ///< worker: nothing left to do in this phase
  done,        ///< worker: nothing left to do; 1 if the strategy is exhausted, 2 if it diverged
  checkpoint,  ///< worker: how often each finding was seen; progress_bytes()
  offer,       ///< leader, then parent: id, frame, state of a search (branches.hpp)
  want,        ///< leader: id of the branch that it waits for
  drop,        ///< leader: id of a branch that is of no use any more
  explored,    ///< helper, then parent: id, what came of the branch
  phase,       ///< parent: the next phase begins; facts
  bytes,       ///< process.hpp: the result of a function
  count_
};

/// No message is longer; a longer one is not sent, and not believed.
inline constexpr std::size_t message_bytes_max = std::size_t{64} << 20;

/// Puts a message together.
class Writer {
 public:
  explicit Writer(Type type);
  Writer& number(std::uint64_t value);
  Writer& text(std::string_view text);
  /// Blocks until all of it is written. @returns false if it is too long or nobody reads.
  bool send(int socket);
  /// What was put together so far, as a Reader takes it.
  std::string_view payload() const;

 private:
  std::string bytes_;
};

/// Takes a message apart. After a piece that is not there, everything reads as empty and ok() is
/// false.
class Reader {
 public:
  Reader(Type type, std::string_view payload) : type_(type), rest_(payload) {}
  Type type() const { return type_; }
  std::uint64_t number();
  std::string text();
  bool ok() const { return ok_; }

 private:
  Type type_;
  std::string_view rest_;
  bool ok_ = true;
};

/// Collects what arrives on a socket until messages are complete.
class Inbox {
 public:
  /// Reads what is there, waiting for something if the socket blocks. @returns false at the end of
  /// the stream.
  bool receive(int socket);
  /// The next complete message; valid until the next call of any function.
  std::optional<Reader> next();
  /// Has something arrived that is no message?
  bool broken() const { return broken_; }

 private:
  std::string bytes_;
  std::size_t read_ = 0;
  bool broken_ = false;
};

}  // namespace heddle::sim::wire
