/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to a virtio disk, as pure logic over memory that the device writes: what it is told, and what is believed of
 * what it says afterwards.
 *
 * SPEC: virtio 1.2, 5.2 "Block Device"
 */
#ifndef LIB_VIRTIO_BLOCK_REQUEST_H
#define LIB_VIRTIO_BLOCK_REQUEST_H

#include "lib/block/protocol/request.h"
#include "lib/virtio/ring/ring.h"

enum : u64 {
	BLOCK_F_SIZE_MAX = 1 << 1, BLOCK_F_READ_ONLY = 1 << 5, BLOCK_F_FLUSH = 1 << 9, BLOCK_F_QUEUES = 1 << 12,
	BLOCK_F_DISCARD = 1 << 13, BLOCK_F_ZERO = 1 << 14,
};

/* What a request takes of the memory that the device sees, beside its data; a multiple of 4. */
enum : u64 { BLOCK_AREA_BYTES = 64 };

/* What the disk's numbers come to. */
struct block_disk block_disk_of(u64 features, u64 sectors, u32 discard_most, u32 zero_most);

/* Tells the device, by what is written to the area, which it finds at `address`. */
void block_prepare(const struct block_request *request, struct mspan area, u64 address, struct virtio_request *out);

/* What became of it, when the device has given it back and says how many bytes it wrote. OK only if it says so, and for a
 * read that it wrote all. */
[[nodiscard]] enum status block_outcome(const struct block_request *request, struct mspan area, u32 written);

#endif
