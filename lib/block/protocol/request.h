/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk and a request to it, as its driver has them.
 */
#ifndef LIB_BLOCK_PROTOCOL_REQUEST_H
#define LIB_BLOCK_PROTOCOL_REQUEST_H

#include "lib/block/protocol/protocol.h"

/* Of the disk, as its driver believes it: within what can be reckoned with. */
struct block_disk {
	struct block_limits limits;
	bool read_only, flushes;
};

/* So that bytes of any sector can be counted. */
enum : u64 { BLOCK_SECTORS_MAX = U64_MAX / BLOCK_SECTOR_BYTES };

struct block_request {
	enum block_op op;
	u64 sector;
	u32 sectors;
	u64 data;         /* of READ and WRITE: where the device finds it */
};

#endif
