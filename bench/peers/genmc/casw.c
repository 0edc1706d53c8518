#include "common.h"
static atomic_int x;
static void *swap_and_store(void *number) {
  int expected = 0;
  atomic_compare_exchange_strong(&x, &expected, 1);
  atomic_store(&x, (int)(long)number + 3);
  return 0;
}
int main(void) {
  start(N, swap_and_store);
  return 0;
}
