// What the lu_ref scenarios share: a module under its sequential spec, owners of refs, a reader.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/lu_ref/lu_ref.hpp"
#include "models/lu_ref/spec.hpp"
#include "scenarios/registry/scenario.hpp"
#include "sim/kernel/proc.hpp"
#include "sim/machine/world.hpp"

namespace heddle::scenarios::lu_ref {

namespace kernel = sim::kernel;
using models::lu_ref::Defect;
using models::lu_ref::Defects;
using models::lu_ref::Link;
using models::lu_ref::Module;
using models::lu_ref::Parameters;
using models::lu_ref::Ref;
using models::lu_ref::SequentialSpec;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::World;

/// Sources of links: nothing but their addresses counts.
inline constexpr char users[4] = {'a', 'b', 'c', 'd'};

extern const Model model;

/// An object whose references are tracked.
struct Owner {
  kernel::atomic_t count;
  Ref ref;
};

/// A module that is loaded, with its spec listening. Every call goes through here, so that a report
/// that the spec asks for and that does not come is seen at the call.
class Subject {
 public:
  Subject(World& world, DefectBits defects, Parameters parameters = {});

  void load();
  void unload();
  /// An owner in cleared memory, as Lustre allocates them, with its ref initialised.
  Owner* owner();
  /// The ref is finalised and its owner freed.
  void retire(Owner* owner);

  void init(Ref* ref);
  void fini(Ref* ref);
  Link* add(Ref* ref, const char* scope, const void* source);
  Link* add_atomic(Ref* ref, const char* scope, const void* source);
  void del(Ref* ref, const char* scope, const void* source);
  void set_at(Ref* ref, Link* link, const char* scope, const void* source0, const void* source1);
  void del_at(Ref* ref, Link* link, const char* scope, const void* source);

  /// The promises that hold whenever the ref's guard is released.
  void watch(Owner* owner);
  /// Retires the owners and unloads the module when all tasks have ended.
  void clean_up_at_end(Owner* first, Owner* second = nullptr);

  Module& module() { return module_; }
  World& world() { return world_; }

 private:
  void name(const Owner* owner);
  void returned();

  World& world_;
  SequentialSpec& spec_;
  Module& module_;
  std::size_t owners_ = 0;
};

/// Reads the proc file as `cat` does, with a user buffer of `bytes`, and keeps what it sees.
class Cat {
 public:
  static constexpr std::size_t bytes_max = 4096;

  explicit Cat(Module& module) : module_(module) {}

  /// @returns 0, or the error of open().
  int open();
  /// Reads to the end of the file, in at most `reads_max` reads. @returns whether it got there.
  bool read_all(std::size_t bytes, int reads_max);
  void rewind();
  void close();

  /// How many records name the ref.
  int times_shown(const Ref* ref) const;
  std::size_t size() const { return size_; }
  void forget() { size_ = 0; }

 private:
  Module& module_;
  kernel::file* file_ = nullptr;
  std::size_t size_ = 0;
  char text_[bytes_max] = {};
};

}  // namespace heddle::scenarios::lu_ref
