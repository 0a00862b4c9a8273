/* SPDX-License-Identifier: Apache-2.0
 *
 * From kernel addresses to names and lines, by the table that the loader brought. The format is
 * described in tools/image/symbols.py. A damaged table gives no names, nothing worse.
 */
#ifndef KERNEL_DEBUG_SYMBOLS_H
#define KERNEL_DEBUG_SYMBOLS_H

#include "boot/boot_info.h"
#include "lib/base/span.h"

struct place {
	struct span function;   /* empty: not known */
	u64 offset;             /* into the function */
	struct span file;       /* empty: not known */
	u32 line;
};

void symbols_init(const struct boot_info *info);
struct place symbols_find(u64 address);

#endif
