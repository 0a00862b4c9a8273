/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of disks serve beside files (docs/adr/0037): requests whose data lies in a window, memory that the driver
 * lends with an open file and that its device reads and writes.
 *
 * Every request may be made twice, as long as nothing that was made after its answer is: it says what is to be where, not
 * what is to change. So a request without an answer is made again after its driver's death.
 */
#ifndef LIB_BLOCK_PROTOCOL_PROTOCOL_H
#define LIB_BLOCK_PROTOCOL_PROTOCOL_H

#include "lib/base/safe.h"

/* Labels of calls to an open file of a disk. */
enum : u32 {
	/* Answers with the file's window, the same each time; words: enum block_lease_word. BUSY: others have all. */
	BLOCK_LEASE = 0x100,
	/* Carries out one request; words: enum block_do_word. */
	BLOCK_DO,
};

enum block_lease_word : u32 {
	BLOCK_LEASE_SECTORS,  /* of the disk */
	BLOCK_LEASE_DISCARD,  /* sectors that one request may discard; 0: it cannot */
	BLOCK_LEASE_ZERO,
	BLOCK_LEASE_WORDS,
};

enum block_do_word : u32 {
	BLOCK_DO_OP,          /* enum block_op */
	BLOCK_DO_SECTOR,
	BLOCK_DO_SECTORS,
	BLOCK_DO_AT,          /* bytes into the window */
	BLOCK_DO_WORDS,
};

enum block_op : u32 {
	BLOCK_READ,     /* from disk to window */
	BLOCK_WRITE,
	BLOCK_FLUSH,    /* what was answered before it was asked for outlives the machine's power when it is answered */
	BLOCK_DISCARD,  /* what the sectors hold does not matter any more */
	BLOCK_ZERO,     /* they hold zeroes */
	BLOCK_OPS,
};

enum : u64 { BLOCK_SECTOR_BYTES = 512, BLOCK_WINDOW_BYTES = 64 * 1024 };
enum : u64 { BLOCK_WINDOW_SECTORS = BLOCK_WINDOW_BYTES / BLOCK_SECTOR_BYTES };

#endif
