/* SPDX-License-Identifier: Apache-2.0
 *
 * Address choice and the command line.
 */
#include "boot/common/layout.h"

static u64 round_up(u64 value, u64 unit)
{
	return (value + unit - 1) & ~(unit - 1);
}

/* A multiple of step in [base, end - bytes]; the bias of the remainder is below 2^-40. */
static u64 place(u64 base, u64 end, u64 bytes, u64 step, u64 word)
{
	u64 slots = (end - base - bytes) / step + 1;
	return base + word % slots * step;
}

u64 layout_kernel(u64 bytes, bool random, u64 word)
{
	INVARIANT(bytes <= LAYOUT_KERNEL_MAX, "LAYOUT: the kernel is larger than its room");
	return place(LAYOUT_KERNEL_BASE, LAYOUT_KERNEL_END, round_up(bytes, LAYOUT_KERNEL_STEP), LAYOUT_KERNEL_STEP,
		random ? word : 0);
}

u64 layout_direct_bytes(u64 top)
{
	if (top >= LAYOUT_DIRECT_END - LAYOUT_DIRECT_BASE)
		return round_up(min_u64(top, U64_MAX - LAYOUT_DIRECT_STEP), LAYOUT_DIRECT_STEP);
	return max_u64(round_up(top, LAYOUT_DIRECT_STEP), LAYOUT_DIRECT_MIN);
}

u64 layout_direct(u64 bytes, u32 levels, bool random, u64 word)
{
	u64 base = levels == 3 ? LAYOUT_DIRECT3_BASE : LAYOUT_DIRECT_BASE;
	u64 end = levels == 3 ? LAYOUT_DIRECT3_END : LAYOUT_DIRECT_END;

	return bytes > end - base ? 0 : place(base, end, bytes, LAYOUT_DIRECT_STEP, random ? word : 0);
}

struct span layout_too_much(u32 levels)
{
	if (levels == 3)
		return span_text("the machine has more than 144 GiB of memory addresses and page tables of three levels (Sv39); "
				 "the direct map has no room");
	return span_text("the machine has more than 16 TiB of memory addresses; the direct map has no room");
}

bool layout_choose(struct boot_info *info, u64 top, u32 levels, bool randomize, struct random_state *random)
{
	info->direct_bytes = layout_direct_bytes(top);
	info->direct_base = layout_direct(info->direct_bytes, levels, randomize, random_draw(random));
	info->kernel_virt = layout_kernel(info->kernel_bytes, randomize, random_draw(random));
	return info->direct_base != 0;
}

enum command_line_problem command_line_set(struct boot_info *info, struct span text)
{
	usize length = span_len(text);
	while (length > 0 && (span_u8(text, length - 1) == '\n' || span_u8(text, length - 1) == '\r' ||
			      span_u8(text, length - 1) == ' '))
		length--;
	if (length >= BOOT_CMDLINE_BYTES)
		return COMMAND_LINE_TOO_LONG;
	for (usize i = 0; i < length; i++) {
		u8 byte = span_u8(text, i);
		if (byte < ' ' || byte > '~')
			return COMMAND_LINE_NOT_TEXT;
		info->command_line[i] = (char)byte;
	}
	info->command_line[length] = 0;
	return COMMAND_LINE_OK;
}

static bool word_at(const struct boot_info *info, usize at, struct span word)
{
	for (usize i = 0; i < span_len(word); i++) {
		if (at + i >= BOOT_CMDLINE_BYTES || (u8)info->command_line[at + i] != span_u8(word, i))
			return false;
	}
	usize end = at + span_len(word);
	return end < BOOT_CMDLINE_BYTES && (info->command_line[end] == 0 || info->command_line[end] == ' ');
}

bool command_line_has(const struct boot_info *info, struct span word)
{
	bool starts = true; /* a word may start here */
	for (usize at = 0; at < BOOT_CMDLINE_BYTES && info->command_line[at] != 0; at++) {
		if (starts && word_at(info, at, word))
			return true;
		starts = info->command_line[at] == ' ';
	}
	return false;
}
