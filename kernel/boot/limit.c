/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory limit of the command line. See limit.h.
 */
#include "kernel/boot/limit.h"
#include "kernel/core/klog/klog.h"

/* The factor of a size's last letter; 1 if it is a digit. 0: it is neither. */
static u64 unit_of(u8 last)
{
	switch (last) {
	case 'K': return 1ull << 10;
	case 'M': return 1ull << 20;
	case 'G': return 1ull << 30;
	default: return last >= '0' && last <= '9' ? 1 : 0;
	}
}

/* Digits, then perhaps one letter; at least a page and less than 2^64. */
static bool parse_size(struct span text, u64 *bytes)
{
	usize digits = span_len(text);
	u64 unit = digits == 0 ? 0 : unit_of(span_u8(text, digits - 1)), value = 0;

	if (unit == 0)
		return false;
	digits -= unit == 1 ? 0 : 1;
	for (usize i = 0; i < digits; i++) {
		u8 digit = span_u8(text, i);

		if (digit < '0' || digit > '9' || ckd_mul(&value, value, 10ull) || ckd_add(&value, value, (u64)(digit - '0')))
			return false;
	}
	return !ckd_mul(bytes, value, unit) && *bytes >= PAGE_BYTES;
}

/* The smallest limit there is, U64_MAX without one. False: `wrong' is a word that is no limit. */
static bool find_limit(const struct boot_info *info, u64 *limit, struct span *wrong)
{
	struct span rest = span_until_zero(SPAN_OF_ARRAY(info->command_line)), key = span_text("mem=");

	*limit = U64_MAX;
	while (span_len(rest) > 0) {
		struct span word = span_split(&rest, ' ');
		u64 bytes = 0;

		if (!span_starts_with(word, key))
			continue;
		*wrong = word;
		if (!parse_size(span_from(word, span_len(key)), &bytes))
			return false;
		*limit = min_u64(*limit, page_floor(bytes));
	}
	return true;
}

bool boot_limit_apply(struct boot_info *info)
{
	struct span wrong = span_empty();
	u64 left = 0;

	if (!find_limit(info, &left, &wrong))
		return false;
	for (u32 i = 0; i < info->region_count; i++) {
		struct boot_region *region = ELEM(info->region, i);

		if (region->kind != BOOT_MEMORY_USABLE && region->kind != BOOT_MEMORY_LOADER)
			continue;
		/* A region that is cut leaves a gap, and memory in no region is never touched. */
		if (left == 0)
			region->kind = BOOT_MEMORY_RESERVED;
		else
			region->bytes = min_u64(region->bytes, left);
		left -= min_u64(left, region->bytes);
	}
	return true;
}

void boot_limit_complain(const struct boot_info *info)
{
	struct span wrong = span_empty();
	u64 limit = 0;

	if (find_limit(info, &limit, &wrong))
		return;
	klog_begin("ferrous: `");
	klog_write(wrong);
	klog_text("' on the command line is not a size of memory: expected 4K or more, as in mem=64M, with K, M, G or no letter");
	klog_end();
}
