#include "common.h"
static atomic_int at[N + 1];
static void *search_or_write(void *number) {
  int j = (int)(long)number;
  if (j != 0) {
    atomic_store(&at[j], atomic_load(&at[j - 1]) + 1);
    return 0;
  }
  int i = N;
  while (atomic_load(&at[i]) != 0) --i;
  return 0;
}
int main(void) {
  start(N + 1, search_or_write);
  return 0;
}
