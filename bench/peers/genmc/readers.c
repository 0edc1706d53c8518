#include "common.h"
static atomic_int x;
static void *read_or_write(void *number) {
  if ((long)number == 0)
    atomic_store(&x, 42);
  else
    (void)atomic_load(&x);
  return 0;
}
int main(void) {
  start(N + 1, read_or_write);
  return 0;
}
