/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundle: kernel, symbols and system image as one file, for boot ways that hand over one file in
 * memory (an "initial RAM disk"). tools/image/bundle.py makes it. The first page is the table:
 *
 *   u64 magic, u32 version, u32 count, then `count' times { char name[32], u64 offset, u64 bytes }
 *
 * Numbers are little-endian; each part begins on a page of its own, so that it can be used where it is.
 */
#ifndef BOOT_COMMON_BUNDLE_H
#define BOOT_COMMON_BUNDLE_H

#include "lib/base/addr.h"
#include "lib/base/span.h"

enum : u64 { BUNDLE_MAGIC = 0x4c444e4253524546ull /* "FERSBNDL" in memory order */ };
enum : u32 { BUNDLE_VERSION = 1, BUNDLE_NAME_BYTES = 32, BUNDLE_HEAD_BYTES = 16, BUNDLE_ENTRY_BYTES = 48, BUNDLE_PARTS_MAX = 16 };

struct bundle_part {
	u64 offset, bytes;
};

/* True if the bytes begin with a table whose parts all lie inside, on pages of their own. */
[[nodiscard]] bool bundle_check(struct span bundle);

/* A part of a bundle that was checked; false if there is none of that name. */
[[nodiscard]] bool bundle_find(struct span bundle, struct span name, struct bundle_part *out);

#endif
