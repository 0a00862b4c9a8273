/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the kernel and its direct map of memory go in the virtual address space, and the rules
 * for the command line. Pure functions of random words, so that they can be tested.
 */
#ifndef BOOT_COMMON_LAYOUT_H
#define BOOT_COMMON_LAYOUT_H

#include "boot/boot_info.h"
#include "boot/common/random.h"
#include "lib/base/span.h"

enum : u64 {
	LAYOUT_KERNEL_BASE = 0xffffffff80000000ull, /* the code model wants the top 2 GiB */
	LAYOUT_KERNEL_END = 0xffffffffc0000000ull,
	LAYOUT_KERNEL_STEP = 1ull << 21,
	LAYOUT_DIRECT_BASE = 0xffff800000000000ull,
	LAYOUT_DIRECT_END = 0xffff900000000000ull,
	LAYOUT_DIRECT3_BASE = 0xffffffc000000000ull, /* with tables of three levels */
	LAYOUT_DIRECT3_END = 0xffffffe400000000ull,
	LAYOUT_DIRECT_STEP = 1ull << 30,
	LAYOUT_DIRECT_MIN = 4ull << 30, /* device registers below 4 GiB are inside, whatever the RAM */
	LAYOUT_KERNEL_MAX = 256ull << 20,
};

/* A place for `bytes` of kernel; without randomness always LAYOUT_KERNEL_BASE. bytes is at most
 * LAYOUT_KERNEL_MAX. */
u64 layout_kernel(u64 bytes, bool random, u64 word);

/* Bytes of direct map for memory that ends at `top`: whole GiB. */
u64 layout_direct_bytes(u64 top);

/* A place for the direct map in tables of so many levels, or 0 if that much memory does not fit. */
u64 layout_direct(u64 bytes, u32 levels, bool random, u64 word);

/* What to say then. */
struct span layout_too_much(u32 levels);

/* Both places, for the kernel_bytes of the info and memory that ends at `top`. False: see layout_direct. */
[[nodiscard]] bool layout_choose(struct boot_info *info, u64 top, u32 levels, bool randomize, struct random_state *random);

enum command_line_problem : u32 { COMMAND_LINE_OK, COMMAND_LINE_TOO_LONG, COMMAND_LINE_NOT_TEXT };

/* Copies the text of the command line file without its line end into the boot info. One line
 * of printable ASCII is wanted. */
[[nodiscard]] enum command_line_problem command_line_set(struct boot_info *info, struct span text);

/* True if the word is one of the command line's, separated by spaces. */
bool command_line_has(const struct boot_info *info, struct span word);

#endif
