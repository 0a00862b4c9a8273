/* SPDX-License-Identifier: Apache-2.0
 *
 * The raw loader: something that starts Linux starts it as a kernel image, with a device tree and, as
 * initial RAM disk, the bundle of kernel, symbols and system image (boot/common/bundle.h). It runs with
 * the MMU off, takes what it needs from the memory that the tree names, and enters the kernel with one
 * struct boot_info (kernel/hal/boot.h).
 *
 * It says nothing when all is well; a failure is one sentence on the serial line.
 */
#include "boot/machine/machine.h"
#include "boot/raw/load.h"

/* In static storage: too large for a stack, and one loader makes one plan. */
static struct load_plan plan;

void load_main(u64 tree, u64 self, u64 self_end)
{
	struct boot_info *info = &plan.info;
	struct span missing = machine_missing();

	info->entry_ticks = machine_ticks();
	info->magic = BOOT_MAGIC;
	info->version = BOOT_VERSION;
	info->bytes = sizeof(*info);
	(void)mspan_set_text(MSPAN_OF_ARRAY(info->loader), span_text("ferrous-raw 0.1"));
	plan.tree.address = tree;
	plan.self = (struct extent){ self, self_end - self };
	load_read_tree(&plan);
	if (span_len(missing) != 0)
		load_problem(missing);
	load_read_bundle(&plan);
	load_leave(&plan);
}
