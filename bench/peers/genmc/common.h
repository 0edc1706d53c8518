/* The measured programs for GenMC (github.com/MPI-SWS/genmc): sequentially consistent atomics, one
 * thread a task, N of them. No part of heddle's build; compare.py runs them. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#ifndef N
#error "compile with -DN=..."
#endif

static void start(int count, void *(*body)(void *)) {
  static pthread_t threads[32];
  for (long i = 0; i < count; ++i) pthread_create(&threads[i], 0, body, (void *)i);
}
