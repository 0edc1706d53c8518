// idr: numbers to pointers, smallest number first (linux/idr.h as of 3.0, with its conventions). To
// add takes two calls: idr_pre_get() puts memory aside, which may sleep and returns 0 when there is
// none; idr_get_new_above() takes a number, needs that memory for a new layer, and says -EAGAIN
// without.
//
// An idr has no lock for its entries: its users have. Everything is inlined into the code under
// test, so that who forgets the lock races. Not the kernel's tree: a layer holds 16 numbers and
// lies in a sorted list, and at most one layer is put aside. A layer that becomes empty is freed at
// once, without RCU: who walks unlocked may walk over freed memory.
#pragma once

#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/gfp.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::sim::kernel {

struct idr_layer {
  static constexpr int size = 16;
  idr_layer* next;
  int first;  ///< the least number of the layer, a multiple of `size`
  int count;  ///< of entries that are not null
  void* entries[size];
};

/// Zeroed memory is an empty one. Numbers are 0..idr_max.
struct idr {
  idr_layer* layers;
  idr_layer* spare;
};
inline constexpr int idr_max = 0x7FFFFFFF;

/// @returns 1, or 0 when memory is short.
inline int idr_pre_get(idr* index, gfp_t flags) {
  if (index->spare != nullptr) return 1;
  index->spare = static_cast<idr_layer*>(kzalloc(sizeof(idr_layer), flags, "idr_layer"));
  return index->spare != nullptr ? 1 : 0;
}

/// The layer that holds the number, or nullptr.
inline idr_layer* idr_layer_of(const idr* index, int id) {
  for (idr_layer* layer = index->layers; layer != nullptr; layer = layer->next)
    if (layer->first == id - id % idr_layer::size) return layer;
  return nullptr;
}

/// Gives `pointer`, which is not null, the least free number from `least` on. @returns 0, or
/// -EAGAIN: call idr_pre_get() first.
inline int idr_get_new_above(idr* index, void* pointer, int least, int* id) {
  idr_layer** link = &index->layers;
  for (int first = least - least % idr_layer::size;; first += idr_layer::size) {
    while (*link != nullptr && (*link)->first < first) link = &(*link)->next;
    if (*link == nullptr || (*link)->first != first) {
      idr_layer* layer = index->spare;
      if (layer == nullptr) return -EAGAIN;
      index->spare = nullptr;
      layer->first = first;
      layer->next = *link;
      *link = layer;
    }
    idr_layer* layer = *link;
    for (int i = first < least ? least - first : 0; i < idr_layer::size; ++i) {
      if (layer->entries[i] != nullptr) continue;
      layer->entries[i] = pointer;
      ++layer->count;
      *id = first + i;
      return 0;
    }
  }
}
inline int idr_get_new(idr* index, void* pointer, int* id) {
  return idr_get_new_above(index, pointer, 0, id);
}

/// @returns nullptr if the number is free.
inline void* idr_find(const idr* index, int id) {
  if (id < 0) return nullptr;
  const idr_layer* layer = idr_layer_of(index, id);
  return layer != nullptr ? layer->entries[id % idr_layer::size] : nullptr;
}

/// A finding if the number is free.
inline void idr_remove(idr* index, int id) {
  idr_layer** link = &index->layers;
  while (*link != nullptr && (*link)->first != id - id % idr_layer::size) link = &(*link)->next;
  idr_layer* layer = *link;
  if (layer == nullptr || layer->entries[id % idr_layer::size] == nullptr) {
    WARN_ON(true, "the number that is removed is in use");
    return;
  }
  layer->entries[id % idr_layer::size] = nullptr;
  if (--layer->count != 0) return;
  *link = layer->next;
  kfree(layer);
}

/// Calls visit(id, pointer) by increasing number until it returns something else than 0.
/// @returns that, or 0.
template <class Visit>
inline int idr_for_each(const idr* index, Visit&& visit) {
  for (const idr_layer* layer = index->layers; layer != nullptr; layer = layer->next)
    for (int i = 0; i < idr_layer::size; ++i) {
      if (layer->entries[i] == nullptr) continue;
      const int result = visit(layer->first + i, layer->entries[i]);
      if (result != 0) return result;
    }
  return 0;
}

/// Forgets all entries.
inline void idr_remove_all(idr* index) {
  while (index->layers != nullptr) {
    idr_layer* layer = index->layers;
    index->layers = layer->next;
    kfree(layer);
  }
}
/// Frees what was put aside. The entries are gone already.
inline void idr_destroy(idr* index) {
  kfree(index->spare);
  index->spare = nullptr;
}

}  // namespace heddle::sim::kernel
