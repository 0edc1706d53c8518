#include "models/lu_ref/spec.hpp"

#include <cstdio>
#include <string_view>

#include "sim/core/check.hpp"
#include "sim/machine/machine.hpp"

namespace heddle::models::lu_ref {

void SequentialSpec::linearized(const Operation& operation) {
  sim::Machine& machine = sim::Machine::running();
  const sim::Machine::EngineScope engine(machine);
  State* state = state_of(operation.ref);
  Key* key = find(operation.ref, operation.scope, operation.source);
  bool mistake = state == nullptr || !state->live;
  switch (operation.kind) {
    case Operation::Kind::init:
      mistake = state != nullptr && state->live;
      if (mistake) break;
      if (state == nullptr) {
        HEDDLE_CHECK(state_count_ < refs_max, "a scenario has at most 8 refs");
        state = &states_[state_count_++];
      }
      *state = State{operation.ref, true, false};
      break;
    case Operation::Kind::fini:
      mistake = mistake || size(operation.ref) != 0;
      if (!mistake) state->live = false;
      break;
    case Operation::Kind::add:
      if (mistake) break;
      HEDDLE_CHECK(key_count_ < keys_max, "a scenario has at most 96 links");
      keys_[key_count_] = Key{operation.ref, operation.source, {}};
      std::snprintf(keys_[key_count_++].scope, scope_bytes, "%s", operation.scope);
      break;
    case Operation::Kind::add_failed:
      if (!mistake) state->missed_an_add = true;
      break;
    case Operation::Kind::del:
    case Operation::Kind::del_at:
      mistake = mistake || (key == nullptr && !state->missed_an_add);
      if (key != nullptr && !operation.by_failed_link) erase(key);
      break;
    case Operation::Kind::set_at:
      mistake = mistake || (key == nullptr && !state->missed_an_add);
      if (key != nullptr && !operation.by_failed_link) key->source = operation.new_source;
      break;
  }
  if (mistake) machine.self().assertion_expected = true;
}

int SequentialSpec::size(const Ref* ref) const {
  int size = 0;
  for (std::size_t i = 0; i < key_count_; ++i) size += keys_[i].ref == ref ? 1 : 0;
  return size;
}

SequentialSpec::State* SequentialSpec::state_of(const Ref* ref) {
  for (std::size_t i = 0; i < state_count_; ++i)
    if (states_[i].ref == ref) return &states_[i];
  return nullptr;
}

SequentialSpec::Key* SequentialSpec::find(const Ref* ref, const char* scope, const void* source) {
  if (scope == nullptr) return nullptr;
  for (std::size_t i = 0; i < key_count_; ++i) {
    Key& key = keys_[i];
    if (key.ref == ref && key.source == source && std::string_view(key.scope) == scope) return &key;
  }
  return nullptr;
}

void SequentialSpec::erase(Key* key) { *key = keys_[--key_count_]; }

}  // namespace heddle::models::lu_ref
