// Intrusive, circular, doubly linked lists (linux/list.h). Everything is inlined into the code
// under test, so that each access is its own, at its own place.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heddle::sim::kernel {

struct list_head {
  list_head* next;
  list_head* prev;
};

/// What the links of a deleted entry point to: nothing that may be accessed.
inline constexpr std::uintptr_t list_poison_next = 0x100;
inline constexpr std::uintptr_t list_poison_prev = 0x200;

[[gnu::always_inline]] inline void INIT_LIST_HEAD(list_head* list) {
  list->next = list;
  list->prev = list;
}
[[gnu::always_inline]] inline bool list_empty(const list_head* head) { return head->next == head; }

[[gnu::always_inline]] inline void list_insert_between(list_head* entry, list_head* before,
                                                       list_head* after) {
  after->prev = entry;
  entry->next = after;
  entry->prev = before;
  before->next = entry;
}
/// Behind `head`, so first of the list.
[[gnu::always_inline]] inline void list_add(list_head* entry, list_head* head) {
  list_insert_between(entry, head, head->next);
}
/// Before `head`, so last of the list.
[[gnu::always_inline]] inline void list_add_tail(list_head* entry, list_head* head) {
  list_insert_between(entry, head->prev, head);
}
[[gnu::always_inline]] inline void list_unlink(list_head* entry) {
  entry->next->prev = entry->prev;
  entry->prev->next = entry->next;
}
[[gnu::always_inline]] inline void list_del(list_head* entry) {
  list_unlink(entry);
  entry->next = reinterpret_cast<list_head*>(list_poison_next);
  entry->prev = reinterpret_cast<list_head*>(list_poison_prev);
}
[[gnu::always_inline]] inline void list_del_init(list_head* entry) {
  list_unlink(entry);
  INIT_LIST_HEAD(entry);
}
/// From wherever it is to behind `head`.
[[gnu::always_inline]] inline void list_move(list_head* entry, list_head* head) {
  list_unlink(entry);
  list_add(entry, head);
}

/// From wherever it is to before `head`.
[[gnu::always_inline]] inline void list_move_tail(list_head* entry, list_head* head) {
  list_unlink(entry);
  list_add_tail(entry, head);
}

/// The object whose `member` lies at `pointer`.
template <class Object, class Member>
[[gnu::always_inline]] inline Object* container_of(Member* pointer, Member Object::* member) {
  const auto offset = reinterpret_cast<std::uintptr_t>(&(static_cast<Object*>(nullptr)->*member));
  return reinterpret_cast<Object*>(reinterpret_cast<std::uintptr_t>(pointer) - offset);
}
template <class Object, class Member>
[[gnu::always_inline]] inline const Object* container_of(const Member* pointer,
                                                         Member Object::* member) {
  return container_of(const_cast<Member*>(pointer), member);
}

/// The objects of a list, whose `member` is linked into it, as a range of references. It follows an
/// entry's link after the loop's body: what the body removes must not be the entry itself.
template <class Object>
class list_entries {
 public:
  [[gnu::always_inline]] list_entries(list_head* head, list_head Object::* member)
      : head_(head), member_(member) {}

  class iterator {
   public:
    [[gnu::always_inline]] iterator(list_head* at, list_head Object::* member)
        : at_(at), member_(member) {}
    [[gnu::always_inline]] Object& operator*() const { return *container_of(at_, member_); }
    [[gnu::always_inline]] iterator& operator++() {
      at_ = at_->next;
      return *this;
    }
    [[gnu::always_inline]] bool operator!=(const iterator& other) const { return at_ != other.at_; }

   private:
    list_head* at_;
    list_head Object::* member_;
  };
  [[gnu::always_inline]] iterator begin() const { return {head_->next, member_}; }
  [[gnu::always_inline]] iterator end() const { return {head_, member_}; }

 private:
  list_head* head_;
  list_head Object::* member_;
};

}  // namespace heddle::sim::kernel
