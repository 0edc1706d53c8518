#include "common.h"
static atomic_int counter;
static void *add(void *unused) {
  (void)unused;
  atomic_fetch_add(&counter, 1);
  return 0;
}
int main(void) {
  start(N, add);
  return 0;
}
