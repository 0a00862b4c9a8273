/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as a bundle. The parts of one that is taken lie inside it.
 */
#include "boot/common/bundle.h"
#include "lib/base/fuzz/fuzz.h"

static u8 bytes[3 * PAGE_BYTES];

void fuzz_one(struct span input)
{
	struct mspan bundle = MSPAN_OF_ARRAY(bytes);
	struct bundle_part part;

	mspan_fill(bundle, 0);
	span_copy(mspan_from(bundle, 12), span_first(input, PAGE_BYTES - 12));
	mspan_put_le64(bundle, 0, BUNDLE_MAGIC);
	mspan_put_le32(bundle, 8, BUNDLE_VERSION);
	if (!bundle_check(span_of(bundle)))
		return;
	if (bundle_find(span_of(bundle), span_text("a"), &part))
		INVARIANT(span_has(span_of(bundle), part.offset, part.bytes) && part.offset >= PAGE_BYTES, "BUNDLE-PART");
}
