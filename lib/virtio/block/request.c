/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to a virtio disk. See request.h.
 */
#include "lib/virtio/block/request.h"

/* SPEC: 5.2.6 "Device Operation". In the area: a head, a range, and a status. */
enum : u64 { HEAD_AT = 0, HEAD_BYTES = 16, RANGE_AT = 16, RANGE_BYTES = 16, STATUS_AT = 32, STATUS_BYTES = 1 };
enum : u32 { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_FLUSH = 4, TYPE_DISCARD = 11, TYPE_ZERO = 13 };
enum : u8 { SAYS_OK = 0, SAYS_IO = 1, SAYS_UNKNOWN = 2, SAYS_NOTHING = 0xff };
enum : u32 { ZERO_MAY_UNMAP = 1 };

struct block_disk block_disk_of(u64 features, u64 sectors, u32 discard_most, u32 zero_most)
{
	bool writable = (features & BLOCK_F_READ_ONLY) == 0;

	return (struct block_disk){
		.limits = { .sectors = min_u64(sectors, BLOCK_SECTORS_MAX),
			.discard_most = writable && (features & BLOCK_F_DISCARD) != 0 ? discard_most : 0,
			.zero_most = writable && (features & BLOCK_F_ZERO) != 0 ? zero_most : 0, .unit = 1 },
		.read_only = !writable,
		.flushes = (features & BLOCK_F_FLUSH) != 0,
	};
}

static u32 type_of(enum block_op op)
{
	switch (op) {
	case BLOCK_READ: return TYPE_READ;
	case BLOCK_WRITE: return TYPE_WRITE;
	case BLOCK_DISCARD: return TYPE_DISCARD;
	case BLOCK_ZERO: return TYPE_ZERO;
	case BLOCK_FLUSH:
	case BLOCK_OPS: break;
	}
	return TYPE_FLUSH;
}

static bool has_range(enum block_op op) { return op == BLOCK_DISCARD || op == BLOCK_ZERO; }

static void add_part(struct virtio_request *out, u64 address, u64 bytes, bool for_device_to_write)
{
	*ELEM(out->part, out->count) = (struct virtio_part){ address, (u32)bytes, for_device_to_write };
	out->count++;
}

void block_prepare(const struct block_request *request, struct mspan area, u64 address, struct virtio_request *out)
{
	*out = (struct virtio_request){};
	mspan_put_le32(area, HEAD_AT, type_of(request->op));
	mspan_put_le32(area, HEAD_AT + 4, 0);
	/* SPEC: 5.2.6.1: 0 where the sectors stand in a range. */
	mspan_put_le64(area, HEAD_AT + 8, block_has_data(request->op) ? request->sector : 0);
	add_part(out, address + HEAD_AT, HEAD_BYTES, false);
	if (has_range(request->op)) {
		mspan_put_le64(area, RANGE_AT, request->sector);
		mspan_put_le32(area, RANGE_AT + 8, request->sectors);
		mspan_put_le32(area, RANGE_AT + 12, request->op == BLOCK_ZERO ? ZERO_MAY_UNMAP : 0);
		add_part(out, address + RANGE_AT, RANGE_BYTES, false);
	}
	if (block_has_data(request->op))
		add_part(out, request->data, request->sectors * BLOCK_SECTOR_BYTES, request->op == BLOCK_READ);
	mspan_put_le32(area, STATUS_AT, SAYS_NOTHING);
	add_part(out, address + STATUS_AT, STATUS_BYTES, true);
}

enum status block_outcome(const struct block_request *request, struct mspan area, u32 written)
{
	u64 data = request->op == BLOCK_READ ? request->sectors * BLOCK_SECTOR_BYTES : 0;

	switch (mspan_load_le32(area, STATUS_AT) & 0xff) {
	/* WHY the count: a device that wrote less left in memory what was there before. */
	case SAYS_OK: return written >= data + STATUS_BYTES || data == 0 ? STATUS_OK : STATUS_IO;
	case SAYS_UNKNOWN: return STATUS_NOT_SUPPORTED;
	case SAYS_IO:
	default: return STATUS_IO;
	}
}
