/* SPDX-License-Identifier: Apache-2.0
 *
 * What controller and namespace say. See identity.h.
 */
#include "lib/nvme/identity.h"
#include "lib/nvme/queue.h"

/* SPEC: 5.15 "Identify Controller Data Structure" */
enum : u64 { MDTS_AT = 77, COUNT_AT = 516, ONCS_AT = 520, CACHE_AT = 525 };
enum : u32 { ONCS_MANAGE = 1 << 2, ONCS_ZERO = 1 << 3, CACHE_VOLATILE = 1, PAGE_SHIFTS_MAX = 20 };
/* SPEC: 5.15 "Identify Namespace Data Structure", "LBA Format Data Structure" */
enum : u64 { SIZE_AT = 0, FORMATS_AT = 25, FORMAT_AT = 26, PROTECTION_AT = 29, ATTRIBUTES_AT = 99, FORMAT_TABLE_AT = 128 };
enum : u32 { FORMAT_MASK = 15, PROTECTION_MASK = 7, ATTRIBUTE_READ_ONLY = 1, SHIFT_LEAST = 9, SHIFT_MOST = 12 };
/* WHY so few: what else limits them is told in ways that not every controller has. */
enum : u32 { DISCARD_MOST = 8192, ZERO_MOST = BLOCK_WINDOW_SECTORS };

static bool fail(struct text *why, struct span what)
{
	text_add_span(why, what);
	return false;
}

static u32 field(u64 value, u32 at, u32 bits) { return (u32)(value >> at & ((1ull << bits) - 1)); }

bool nvme_abilities_of(u64 capabilities, struct nvme_abilities *out, struct text *why)
{
	enum : u32 { TIME_UNIT_MS = 500 };
	enum : u64 { STEP_LEAST = 4 };

	/* All ones is what nobody there answers, too. */
	if (field(capabilities, 48, 4) != 0)
		return fail(why, span_text("the controller has no pages of 4 KiB"));
	if (field(capabilities, 37, 1) == 0)
		return fail(why, span_text("the controller has no NVM command set"));
	*out = (struct nvme_abilities){ .entries = (u32)min_u64(field(capabilities, 0, 16) + 1, NVME_QUEUE_MAX),
		.ready_ms = (field(capabilities, 24, 8) + 1) * TIME_UNIT_MS, .step = STEP_LEAST << field(capabilities, 32, 4) };
	return out->entries >= 2 || fail(why, span_text("the controller's queues are too short"));
}

bool nvme_controller_is_good(struct span identity, struct block_disk *disk, struct text *why)
{
	u32 most = span_u8(identity, MDTS_AT), can = span_le16(identity, ONCS_AT);

	if (most != 0 && most < PAGE_SHIFTS_MAX && 4096ull << most < BLOCK_WINDOW_BYTES)
		return fail(why, span_text("the controller takes less than 64 KiB at once"));
	if (span_le32(identity, COUNT_AT) == 0)
		return fail(why, span_text("the controller has no namespace"));
	disk->flushes = (span_u8(identity, CACHE_AT) & CACHE_VOLATILE) != 0;
	disk->limits.discard_most = (can & ONCS_MANAGE) != 0 ? DISCARD_MOST : 0;
	disk->limits.zero_most = (can & ONCS_ZERO) != 0 ? ZERO_MOST : 0;
	return true;
}

bool nvme_namespace_is_good(struct span identity, struct block_disk *disk, struct text *why)
{
	u32 used = span_u8(identity, FORMAT_AT) & FORMAT_MASK;
	u32 format = span_le32(identity, FORMAT_TABLE_AT + 4 * used), shift = format >> 16 & 0xff;
	u64 blocks = span_le64(identity, SIZE_AT);

	if (blocks == 0)
		return fail(why, span_text("there is no namespace 1"));
	if (used > span_u8(identity, FORMATS_AT) || shift < SHIFT_LEAST || shift > SHIFT_MOST)
		return fail(why, span_text("the namespace has blocks of neither 512 to 4096 bytes"));
	if ((format & 0xffff) != 0 || (span_u8(identity, PROTECTION_AT) & PROTECTION_MASK) != 0)
		return fail(why, span_text("the namespace has metadata or protection information with its blocks"));
	disk->limits.unit = 1u << (shift - SHIFT_LEAST);
	disk->limits.sectors = min_u64(blocks, BLOCK_SECTORS_MAX / disk->limits.unit) * disk->limits.unit;
	disk->read_only = (span_u8(identity, ATTRIBUTES_AT) & ATTRIBUTE_READ_ONLY) != 0;
	if (disk->read_only)
		disk->limits.discard_most = disk->limits.zero_most = 0;
	return true;
}
