/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of kept state: what a commit changes, written down before it is changed, so that the next
 * instance can finish what this one began. Carrying it out twice is the same as once.
 */
#include "lib/keep/layout.h"

u64 keep_sum(struct span bytes, u64 at)
{
	u64 sum = 0;

	for (u64 i = 0; i + 8 <= span_len(bytes); i += 8) {
		u64 word = span_u64(bytes, i) ^ (at + i) * 0x9e3779b97f4a7c15ull;

		word *= 0xbf58476d1ce4e5b9ull;
		word ^= word >> 29;
		sum += word * 0x94d049bb133111ebull;
	}
	return sum;
}

static bool entry_good(struct span memory, u64 at, u64 bytes, u64 left)
{
	return bytes % 8 == 0 && bytes <= left && at % 8 == 0 && span_has(memory, at, bytes) &&
	       ((at >= KEEP_DESK_AT && at + bytes <= KEEP_DESK_AT + KEEP_DESK_BYTES) || at >= KEEP_TABLES_AT);
}

static bool log_good(struct span memory, u64 bytes)
{
	u64 from = 0;

	if (bytes > KEEP_LOG_BYTES)
		return false;
	while (from < bytes) {
		if (bytes - from < KEEP_ENTRY_BYTES)
			return false;
		u64 length = span_u64(memory, KEEP_LOG_AT + from + 8);

		if (!entry_good(memory, span_u64(memory, KEEP_LOG_AT + from), length, bytes - from - KEEP_ENTRY_BYTES))
			return false;
		from += KEEP_ENTRY_BYTES + length;
	}
	return true;
}

bool keep_log_apply(struct mspan memory, u64 bytes)
{
	if (!log_good(span_of(memory), bytes))
		return false;
	for (u64 from = KEEP_LOG_AT; from < KEEP_LOG_AT + bytes;) {
		u64 at = span_u64(span_of(memory), from);
		u64 length = span_u64(span_of(memory), from + 8);

		span_copy(mspan_from(memory, at), span_part(span_of(memory), from + KEEP_ENTRY_BYTES, length));
		from += KEEP_ENTRY_BYTES + length;
	}
	return true;
}

u64 keep_log_sum(struct mspan memory, u64 bytes, u64 sum)
{
	for (u64 from = KEEP_LOG_AT; from < KEEP_LOG_AT + bytes;) {
		u64 at = span_u64(span_of(memory), from);
		u64 length = span_u64(span_of(memory), from + 8);

		if (at >= KEEP_TABLES_AT) {
			sum -= keep_sum(span_part(span_of(memory), at, length), at);
			sum += keep_sum(span_part(span_of(memory), from + KEEP_ENTRY_BYTES, length), at);
		}
		from += KEEP_ENTRY_BYTES + length;
	}
	return sum;
}
