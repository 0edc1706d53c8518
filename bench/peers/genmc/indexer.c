#include "common.h"
static atomic_int table[128];
static void *insert(void *number) {
  int t = (int)(long)number;
  for (int m = 0; m < 4;) {
    int word = ++m * 11 + t;
    for (int h = word * 7 % 128;; h = (h + 1) % 128) {
      int expected = 0;
      if (atomic_compare_exchange_strong(&table[h], &expected, word)) break;
    }
  }
  return 0;
}
int main(void) {
  start(N, insert);
  return 0;
}
