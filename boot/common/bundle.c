/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundle's table. See bundle.h.
 */
#include "boot/common/bundle.h"

static u64 entry_at(u32 index) { return BUNDLE_HEAD_BYTES + (u64)index * BUNDLE_ENTRY_BYTES; }

static struct bundle_part part_at(struct span bundle, u32 index)
{
	u64 at = entry_at(index) + BUNDLE_NAME_BYTES;

	return (struct bundle_part){ span_le64(bundle, at), span_le64(bundle, at + 8) };
}

bool bundle_check(struct span bundle)
{
	u64 end = PAGE_BYTES;

	if (!span_has(bundle, 0, PAGE_BYTES) || span_le64(bundle, 0) != BUNDLE_MAGIC ||
	    span_le32(bundle, 8) != BUNDLE_VERSION || span_le32(bundle, 12) > BUNDLE_PARTS_MAX)
		return false;
	for (u32 i = 0; i < span_le32(bundle, 12); i++) {
		struct bundle_part part = part_at(bundle, i);

		if (!page_aligned(part.offset) || part.offset < end || !span_has(bundle, part.offset, part.bytes))
			return false;
		end = page_ceil(part.offset + part.bytes);
	}
	return true;
}

bool bundle_find(struct span bundle, struct span name, struct bundle_part *out)
{
	for (u32 i = 0; i < span_le32(bundle, 12); i++) {
		*out = part_at(bundle, i);
		if (span_equal(span_until_zero(span_part(bundle, entry_at(i), BUNDLE_NAME_BYTES)), name))
			return true;
	}
	return false;
}
