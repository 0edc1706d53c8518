#include "common.h"
static atomic_int counter;
static void *add(void *unused) {
  (void)unused;
  int before = atomic_load(&counter);
  atomic_store(&counter, before + 1);
  return 0;
}
int main(void) {
  start(N, add);
  return 0;
}
