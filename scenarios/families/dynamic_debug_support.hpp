// What the dynamic_debug scenarios share: a module, messages that check themselves, and readers
// that say what is wrong with what they read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/dynamic_debug/dynamic_debug.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::dynamic_debug {

namespace kernel = sim::kernel;
using models::dynamic_debug::Defect;
using models::dynamic_debug::Defects;
using models::dynamic_debug::Descriptor;
using models::dynamic_debug::Module;
using models::dynamic_debug::Open;
using models::dynamic_debug::Parameters;
using models::dynamic_debug::PipeFile;
using models::dynamic_debug::TraceFile;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::World;

extern const Model model;

/// Bytes of a page that hold one of the shortest messages.
inline constexpr std::size_t message_bytes = 32;

/// What was stored. Kept beside the world: to look at it is no step and no access.
class Log {
 public:
  static constexpr std::uint32_t messages_max = 32;
  static constexpr std::uint32_t first_id = 10;  // so that all have two digits
  static constexpr std::size_t text_max = 48;

  struct Message {
    int cpu;
    std::uint32_t began;  ///< in the order of what happened on its CPU
    std::uint32_t ended;  ///< 0: not yet
    bool consumed;
    char text[text_max];  ///< as it is to be read
  };

  /// A store of `fill` more letters begins. @returns its id.
  std::uint32_t begin(int cpu, std::size_t fill, std::size_t text_bytes);
  void end(std::uint32_t id);
  bool knows(std::uint32_t id) const { return id - first_id < count_; }
  Message& message(std::uint32_t id) { return messages_[id - first_id]; }
  std::uint32_t count() const { return count_; }

 private:
  std::uint32_t count_ = 0;
  std::array<std::uint32_t, 8> moments_{};
  std::array<Message, messages_max> messages_{};
};

/// What somebody has read of a file so far.
struct Output {
  static constexpr std::size_t bytes_max = 512;
  std::array<char, bytes_max> text{};
  std::size_t size = 0;     ///< bytes read
  std::size_t checked = 0;  ///< of those, in whole lines that were checked
  std::uint32_t lines = 0;  ///< messages
  std::array<std::uint32_t, 32> ids{};
  std::array<std::uint32_t, 8> last{};  ///< by CPU: the id of the last message
};

/// A module, initialised unless said otherwise. It stays as long as the execution.
class Subject {
 public:
  /// Small sizes: pages of two short messages, kilobytes of one page, texts of 23 bytes.
  static Parameters small(int cpus = 1);

  Subject(World& world, DefectBits defects, Parameters parameters, bool initialised = true);

  /// Stores a message with `fill` letters more than the shortest. @returns its id.
  std::uint32_t store(std::size_t fill = 0);

  /// Reads the file once. @returns what the read says.
  kernel::ssize_t read(TraceFile* file, Output& output, std::size_t bytes);
  /// The same; what is read counts as consumed.
  kernel::ssize_t read(PipeFile* file, Output& output, std::size_t bytes);
  /// Opens, reads the whole of trace with reads of `bytes`, closes.
  void cat_trace(Output& output, std::size_t bytes);
  /// Reads the pipe until it has nothing more, without waiting. @returns whether it opened.
  bool drain(Output& output, std::size_t bytes = Output::bytes_max);
  /// Takes the CPU's oldest message out of the buffer, past the pipe.
  void consume(int cpu, Output& output);
  /// How many messages are in the buffers.
  std::uint64_t present();

  /// When all tasks have ended: what nobody has read is there, or a reader was told that it is
  /// lost.
  void settle_at_end();

  Module& module() { return module_; }
  Log& log() { return log_; }
  World& world() { return world_; }

 private:
  void check(Output& output, bool consumes);
  void check_line(Output& output, const char* line, std::size_t size, bool consumes);
  void settle();

  World& world_;
  Log& log_;
  Parameters parameters_;
  Module& module_;
  std::uint64_t told_ = 0;  // how many lost messages readers were told of
};

}  // namespace heddle::scenarios::dynamic_debug
