#include "common.h"
static atomic_int next, owner;
static int holders;
static void *hold(void *unused) {
  (void)unused;
  const int mine = atomic_fetch_add(&next, 1);
  while (atomic_load(&owner) != mine) {
  }
  ++holders;
  atomic_store(&owner, mine + 1);
  return 0;
}
int main(void) {
  start(N, hold);
  return 0;
}
