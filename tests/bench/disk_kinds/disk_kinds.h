/* SPDX-License-Identifier: Apache-2.0
 *
 * What is measured of a disk, here and on other systems: 4 KiB each time, one or eight under way, in a row or at random.
 */
#ifndef TESTS_BENCH_DISK_KINDS_DISK_KINDS_H
#define TESTS_BENCH_DISK_KINDS_DISK_KINDS_H

#include "lib/base/safe.h"

enum : u32 { DISK_THREADS_MAX = 8, DISK_ROUNDS = 2048, DISK_WARM_UP = 64 };
enum : u64 { DISK_OPERATION_BYTES = 4096, DISK_FIRST_SEED = 88172645463325252ull };

struct disk_kind {
	char name[32];
	bool write, random;
	u32 threads;      /* operations under way at once */
};

static const struct disk_kind disk_kinds[] = {
	{ "block_read_4k_sequential", .threads = 1 },
	{ "block_read_4k_random", .random = true, .threads = 1 },
	{ "block_write_4k_sequential", .write = true, .threads = 1 },
	{ "block_write_4k_random", .write = true, .random = true, .threads = 1 },
	{ "block_read_4k_random_8", .random = true, .threads = DISK_THREADS_MAX },
	{ "block_write_4k_random_8", .write = true, .random = true, .threads = DISK_THREADS_MAX },
};

/* The order of blocks, of one thread. */
struct disk_walk {
	u64 state, next;
};

static inline struct disk_walk disk_walk_of(u32 thread)
{
	return (struct disk_walk){ DISK_FIRST_SEED + thread, (u64)thread * DISK_ROUNDS / DISK_THREADS_MAX };
}

/* SPEC: xorshift64, Marsaglia 2003, "Xorshift RNGs". */
static inline u64 disk_walk_step(struct disk_walk *walk, const struct disk_kind *kind, u64 blocks)
{
	walk->state ^= walk->state << 13;
	walk->state ^= walk->state >> 7;
	walk->state ^= walk->state << 17;
	return (kind->random ? walk->state : walk->next++) % blocks;
}

#endif
