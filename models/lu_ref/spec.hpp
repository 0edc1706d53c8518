// What lu_ref promises, one call at a time: a ref is a multiset of (scope, source). Follows the
// model's linearization points and says when a call must end in a report.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/lu_ref/lu_ref.hpp"

namespace heddle::models::lu_ref {

/// Lives in simulated memory; fixed capacity, so that an execution's end is a reset for it too.
class SequentialSpec final : public Listener {
 public:
  static constexpr std::size_t refs_max = 8;
  static constexpr std::size_t keys_max = 96;

  /// Sets Context::assertion_expected of the caller when this call must report its mistake.
  void linearized(const Operation& operation) override;

  /// How many keys the ref has.
  int size(const Ref* ref) const;

 private:
  struct Key {
    const Ref* ref;
    const void* source;
    char scope[scope_bytes];  ///< a copy: the caller's string may go away
  };
  struct State {
    const Ref* ref;
    bool live;
    bool missed_an_add;  ///< does not know its keys any more: mismatches are nobody's mistake
  };

  State* state_of(const Ref* ref);
  Key* find(const Ref* ref, const char* scope, const void* source);
  void erase(Key* key);

  State states_[refs_max] = {};
  std::size_t state_count_ = 0;
  Key keys_[keys_max] = {};
  std::size_t key_count_ = 0;
};

}  // namespace heddle::models::lu_ref
