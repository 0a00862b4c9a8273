/* SPDX-License-Identifier: Apache-2.0
 *
 * What is measured of a disk, here and on other systems: 4 KiB each time, one or eight under way, in a row or at random; eight by
 * a thread each, or by one thread that has all of them under way (through rings; on Linux by io_uring).
 */
#ifndef TESTS_BENCH_DISK_KINDS_DISK_KINDS_H
#define TESTS_BENCH_DISK_KINDS_DISK_KINDS_H

#include "lib/base/safe.h"

enum : u32 { DISK_TOGETHER_MAX = 8, DISK_ROUNDS = 2048, DISK_WARM_UP = 64 };
enum : u64 { DISK_OPERATION_BYTES = 4096, DISK_FIRST_SEED = 88172645463325252ull };

struct disk_kind {
	char name[32];
	bool write, random;
	u32 together;     /* operations under way at once */
	bool ring;        /* by one thread */
};

static const struct disk_kind disk_kinds[] = {
	{ "block_read_4k_sequential", .together = 1 },
	{ "block_read_4k_random", .random = true, .together = 1 },
	{ "block_write_4k_sequential", .write = true, .together = 1 },
	{ "block_write_4k_random", .write = true, .random = true, .together = 1 },
	{ "block_read_4k_random_8", .random = true, .together = DISK_TOGETHER_MAX },
	{ "block_write_4k_random_8", .write = true, .random = true, .together = DISK_TOGETHER_MAX },
	{ "block_read_4k_random_8_ring", .random = true, .together = DISK_TOGETHER_MAX, .ring = true },
	{ "block_write_4k_random_8_ring", .write = true, .random = true, .together = DISK_TOGETHER_MAX, .ring = true },
};

/* The order of blocks, of one of those that are under way. */
struct disk_walk {
	u64 state, next;
};

static inline struct disk_walk disk_walk_of(u32 number)
{
	return (struct disk_walk){ DISK_FIRST_SEED + number, (u64)number * DISK_ROUNDS / DISK_TOGETHER_MAX };
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
