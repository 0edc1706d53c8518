// lu_ref: Lustre's debug list of who holds a reference to what, with the proc file that shows it.
// A model of the module that was posted for the Linux kernel in July 2013, in plain code over the
// kernel vocabulary. README.md says what is modelled and what is not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/lu_ref/defects.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/gfp.hpp"
#include "sim/kernel/list.hpp"
#include "sim/kernel/proc.hpp"
#include "sim/kernel/seq_file.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"

namespace heddle::models::lu_ref {

namespace kernel = sim::kernel;

/// Embedded in an object whose references are tracked. Lies in memory that nobody has cleared.
struct Ref {
  kernel::spinlock_t guard;  ///< protects all but linkage, line and func
  kernel::list_head list;    ///< of Link::linkage, oldest first
  std::int32_t refs;         ///< how many links; counted in `counter_bits` bits
  std::int32_t failed;  ///< adds that got no memory (posted: less those that a del made up for)
  std::int32_t flags;
  std::int32_t line;
  const char* func;           ///< who initialised it; nullptr for a marker
  std::uint64_t serial;       ///< later initialised, larger; 0 once it is finalised
  kernel::list_head linkage;  ///< in Module::all, protected by Module::refs_guard
};

inline constexpr std::int32_t flag_dead = 1;

inline constexpr std::size_t scope_bytes = 24;

/// One tracked reference.
struct Link {
  Ref* ref;
  kernel::list_head linkage;
  const char* scope;
  const void* source;
  char scope_copy[scope_bytes];
};

/// What happens at the linearization point of a call.
struct Operation {
  enum class Kind : std::uint8_t { add, add_failed, del, set_at, del_at, fini, init };
  Kind kind;
  const Ref* ref;
  const char* scope = nullptr;
  const void* source = nullptr;
  const void* new_source = nullptr;  ///< set_at
  bool by_failed_link = false;       ///< set_at, del_at: the handle is that of a failed add
};

/// Is told of operations where they take effect. The model does not care who listens.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void linearized(const Operation& operation) = 0;
};

class Module;

/// Where a reader of the proc file stands: a marker in the global list, before the ref shown next.
struct Cursor {
  Ref marker;  ///< only linkage is used
  Module* module;
  kernel::loff_t position;     ///< how many refs lie between the list's head and the marker
  std::uint64_t shown_serial;  ///< of the ref that show() has printed last, 0 for none
};

/// Sizes that the posted code has as constants, and that exploring wants small.
struct Parameters {
  Defects defects;
  int counter_bits = 16;             ///< of refs and failed with Defect::narrow_counters; 2..32
  std::int32_t show_links_max = 64;  ///< a ref with more shows no links
  unsigned chain_length_max = 127;   ///< a search that goes further warns
  kernel::LbugMode lbug = kernel::LbugMode::panic;  ///< ignore: assertions are compiled out
  std::size_t seq_buffer_bytes = 4096;
  Listener* listener = nullptr;
};

/// The module: its global variables and its functions. Zeroed memory is its state before init.
class Module {
 public:
  explicit Module(const Parameters& parameters);

  int global_init();
  void global_fini();

  void init(Ref* ref, const char* func, int line);
  void fini(Ref* ref);
  Link* add(Ref* ref, const char* scope, const void* source);
  Link* add_atomic(Ref* ref, const char* scope, const void* source);
  void del(Ref* ref, const char* scope, const void* source);
  void set_at(Ref* ref, Link* link, const char* scope, const void* source0, const void* source1);
  void del_at(Ref* ref, Link* link, const char* scope, const void* source);
  void print(Ref* ref);
  void print_all();
  /// Returns when an assertion has been reported.
  void wait_for_report();

  /// The proc file "lu_refs".
  kernel::proc_dir& proc() { return proc_; }

  // For invariants: read without locks by who knows that it may.
  const kernel::spinlock_t& refs_guard() const { return refs_guard_; }
  const kernel::list_head& all() const { return all_; }
  bool refs_equal_links(const Ref* ref) const;
  bool links_lead_back(const Ref* ref) const;
  /// How many refs the global list holds, markers excluded.
  int linked_refs() const;
  int linked_markers() const;

 private:
  bool has(Defect defect) const { return parameters_.defects.has(defect); }
  void tell(const Operation& operation);

  // Inlined and artificial, so that traces name their callers.
  [[gnu::always_inline, gnu::artificial]] inline void lock(Ref* ref, unsigned long& flags) {
    lock(&ref->guard, flags);
  }
  [[gnu::always_inline, gnu::artificial]] inline void unlock(Ref* ref, unsigned long flags) {
    unlock(&ref->guard, flags);
  }
  [[gnu::always_inline, gnu::artificial]] inline void lock_refs(unsigned long& flags) {
    lock(&refs_guard_, flags);
  }
  [[gnu::always_inline, gnu::artificial]] inline void unlock_refs(unsigned long flags) {
    unlock(&refs_guard_, flags);
  }
  [[gnu::always_inline, gnu::artificial]] inline void lock(kernel::spinlock_t* lock,
                                                           unsigned long& flags) {
    if (has(Defect::guard_leaves_softirqs_on))
      kernel::spin_lock(lock);
    else
      kernel::spin_lock_irqsave(lock, flags);
  }
  [[gnu::always_inline, gnu::artificial]] inline void unlock(kernel::spinlock_t* lock,
                                                             unsigned long flags) {
    if (has(Defect::guard_leaves_softirqs_on))
      kernel::spin_unlock(lock);
    else
      kernel::spin_unlock_irqrestore(lock, flags);
  }

  /// Adds `change`, in as many bits as the counters have.
  [[gnu::always_inline, gnu::artificial]] inline void count(std::int32_t& counter,
                                                            std::int32_t change) const {
    if (has(Defect::narrow_counters)) {
      const std::uint32_t range = std::uint32_t{1} << parameters_.counter_bits;
      std::uint32_t bits = static_cast<std::uint32_t>(counter + change) & (range - 1);
      if (bits >= range / 2) bits |= ~(range - 1);
      counter = static_cast<std::int32_t>(bits);
    } else if (change < 0 || counter != INT32_MAX) {
      counter += change;
    }
  }
  Link* add_context(Ref* ref, kernel::gfp_t gfp, const char* scope, const void* source);
  void note_failed_add(Ref* ref, const char* scope, const void* source);
  Link* find(Ref* ref, const char* scope, const void* source);
  void note_chain_length(unsigned length);
  bool matches(const Link* link, const char* scope, const void* source) const;
  void print_locked(const Ref* ref);
  void print_all_nested();
  bool absorbs_mismatch(const Ref* ref) const;
  void absorb_mismatch(Ref* ref);
  /// The posted assertion: with the guard held, says what is wrong and gives the guard up for it.
  /// @returns whether the caller may go on as if the condition held.
  bool refuse(Ref* ref, const char* condition, unsigned long& flags);
  void remove(Ref* ref, Link* link, const Operation& operation, unsigned long flags);
  bool is_linked(const Ref* ref) const;
  void wait_for_users();

  static bool is_marker(const Ref* ref) { return ref->func == nullptr; }

  // The proc file (reader.cpp).
  int create_proc_file();
  void remove_proc_file();
  Cursor* new_cursor();
  void advance(Cursor& cursor);
  Ref* shown_next(const Cursor& cursor) const;
  static int open(kernel::inode* inode, kernel::file* file);
  static int release(kernel::inode* inode, kernel::file* file);
  int open_cursor(kernel::file* file);
  void close_cursor(Cursor* cursor);
  static void* start(kernel::seq_file* seq, kernel::loff_t* pos);
  static void* next(kernel::seq_file* seq, void* cursor, kernel::loff_t* pos);
  static int show(kernel::seq_file* seq, void* cursor);
  static void stop(kernel::seq_file* seq, void* cursor);

  Parameters parameters_;
  kernel::spinlock_t refs_guard_;
  kernel::list_head all_;
  Cursor marker_;  // the posted module has one for everybody
  kernel::kmem_cache* link_cache_ = nullptr;
  unsigned chain_length_max_;
  std::uint64_t serials_ = 0;
  kernel::atomic_t reports_ = {0};
  kernel::proc_dir proc_ = {};
};

}  // namespace heddle::models::lu_ref
