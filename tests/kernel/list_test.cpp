// Lists against std::list.
#include "sim/kernel/list.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace heddle::sim::kernel {
namespace {

struct Entry {
  int before = 0;
  list_head linkage{};
  int number = 0;
};

/// Six entries, each on one of two lists or on none; and what std::list says of them.
class Pair {
 public:
  static constexpr int entries = 6;

  Pair() {
    for (list_head& head : heads_) INIT_LIST_HEAD(&head);
    for (int i = 0; i < entries; ++i) {
      entries_[i].number = i;
      INIT_LIST_HEAD(&entries_[i].linkage);
    }
  }

  void add(int entry, int list, bool tail) {
    if (where_[entry] >= 0) return;
    list_head* linkage = &entries_[entry].linkage;
    if (tail)
      list_add_tail(linkage, &heads_[list]);
    else
      list_add(linkage, &heads_[list]);
    reference_[list].insert(tail ? reference_[list].end() : reference_[list].begin(), entry);
    where_[entry] = list;
  }
  void remove(int entry, bool init) {
    if (where_[entry] < 0) return;
    if (init)
      list_del_init(&entries_[entry].linkage);
    else
      list_del(&entries_[entry].linkage);
    reference_[where_[entry]].remove(entry);
    where_[entry] = -1;
  }
  void move(int entry, int list) {
    if (where_[entry] < 0) return;
    list_move(&entries_[entry].linkage, &heads_[list]);
    reference_[where_[entry]].remove(entry);
    reference_[list].push_front(entry);
    where_[entry] = list;
  }

  void check() const {
    for (int list = 0; list < 2; ++list) {
      const std::vector<int> wanted(reference_[list].begin(), reference_[list].end());
      RC_ASSERT(walk(list, &list_head::next) == wanted);
      std::vector<int> backward = walk(list, &list_head::prev);
      std::reverse(backward.begin(), backward.end());
      RC_ASSERT(backward == wanted);
      RC_ASSERT(list_empty(&heads_[list]) == wanted.empty());
    }
  }

 private:
  std::vector<int> walk(int list, list_head* list_head::* link) const {
    std::vector<int> numbers;
    for (const list_head* at = heads_[list].*link; at != &heads_[list]; at = at->*link) {
      RC_ASSERT(numbers.size() < entries);
      numbers.push_back(container_of(at, &Entry::linkage)->number);
    }
    return numbers;
  }

  std::array<list_head, 2> heads_{};
  std::array<Entry, entries> entries_{};
  std::array<std::list<int>, 2> reference_;
  std::array<int, entries> where_ = {-1, -1, -1, -1, -1, -1};
};

RC_GTEST_PROP(List, DoesWhatAListDoes, ()) {
  Pair pair;
  pair.check();
  const int steps = *rc::gen::inRange(0, 40);
  for (int i = 0; i < steps; ++i) {
    const int entry = *rc::gen::inRange(0, Pair::entries);
    const int list = *rc::gen::inRange(0, 2);
    const bool flag = *rc::gen::arbitrary<bool>();
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
      case 1:
        pair.add(entry, list, flag);
        break;
      case 2:
        pair.remove(entry, flag);
        break;
      default:
        pair.move(entry, list);
        break;
    }
    pair.check();
  }
}

TEST(List, ADeletedEntryIsPoisonedOrEmpty) {
  list_head head{};
  Entry poisoned;
  Entry empty;
  INIT_LIST_HEAD(&head);
  list_add(&poisoned.linkage, &head);
  list_add(&empty.linkage, &head);
  list_del(&poisoned.linkage);
  list_del_init(&empty.linkage);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(poisoned.linkage.next), list_poison_next);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(poisoned.linkage.prev), list_poison_prev);
  EXPECT_TRUE(list_empty(&empty.linkage));
  EXPECT_TRUE(list_empty(&head));
}

TEST(List, ContainerOfLeadsBack) {
  Entry entry;
  const Entry& constant = entry;
  EXPECT_EQ(container_of(&entry.linkage, &Entry::linkage), &entry);
  EXPECT_EQ(container_of(&constant.linkage, &Entry::linkage), &entry);
}

TEST(List, EntriesAreVisitedInOrder) {
  list_head head{};
  std::array<Entry, 3> entries{};
  INIT_LIST_HEAD(&head);
  const auto numbers = [&head] {
    std::vector<int> all;
    for (const Entry& entry : list_entries(&head, &Entry::linkage)) all.push_back(entry.number);
    return all;
  };
  EXPECT_EQ(numbers(), (std::vector<int>{}));
  for (int i = 0; i < 3; ++i) {
    entries[static_cast<std::size_t>(i)].number = i;
    list_add_tail(&entries[static_cast<std::size_t>(i)].linkage, &head);
  }
  EXPECT_EQ(numbers(), (std::vector{0, 1, 2}));
  list_move_tail(&entries[0].linkage, &head);
  EXPECT_EQ(numbers(), (std::vector{1, 2, 0}));
}

}  // namespace
}  // namespace heddle::sim::kernel
