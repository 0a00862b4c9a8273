/* SPDX-License-Identifier: Apache-2.0
 *
 * Several reads and writes under way by one thread, as Linux does it with least: into and from memory that was registered before.
 *
 * SPEC: Linux, io_uring(7), io_uring_setup(2), io_uring_enter(2)
 */
#ifndef TESTS_BENCH_PEERS_LINUX_URING_H
#define TESTS_BENCH_PEERS_LINUX_URING_H

#include "lib/base/safe.h"

enum : int { URING_NONE = -1, URING_FAILED = -2 };

/* For one file, and one buffer with places of so many bytes. One at a time. */
bool uring_begin(int file, void *buffer, u64 place_bytes, u32 places);
void uring_end(void);

void uring_put(bool write, u32 place, void *buffer, u64 at);

/* Tells of what was put, and waits until one is done. */
bool uring_enter(void);

/* The place of one that is done; NONE; FAILED: it was not done whole. */
int uring_take(void);

#endif
