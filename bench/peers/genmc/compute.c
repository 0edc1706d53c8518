#include "common.h"
static atomic_int x;
/* 10,000 rounds of Marsaglia's xorshift before each of K accesses. */
static void *compute_and_add(void *number) {
  unsigned state = (unsigned)(long)number + 1;
  for (int access = 0; access < K; ++access) {
    for (int round = 0; round < 10000; ++round) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
    }
    atomic_fetch_add(&x, (int)(state & 1));
  }
  return 0;
}
int main(void) {
  start(N, compute_and_add);
  return 0;
}
