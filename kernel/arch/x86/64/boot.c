/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the first steps on the boot processor; and the stack protector's run time.
 */
#include "kernel/arch/x86/64/tables.h"
#include "kernel/arch/x86/64/paging.h"
#include "kernel/arch/x86/64/protector.h"
#include "kernel/arch/x86/common/clock.h"
#include "kernel/arch/x86/common/console.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/hal/boot.h"

static_assert(__builtin_offsetof(struct boot_info, seed) == BOOT_INFO_SEED);

u64 __stack_chk_guard;

void __stack_chk_fail(void)
{
	invariant_broken("the stack was overwritten (stack protector)");
}

void hal_boot_early(const struct boot_info *info)
{
	x86_console_init();
	x86_features_detect();
	paging_note_direct_map(info);
	tables_init();
	tables_enter(&core_boot_cpu);
	core_boot_cpu.arch.tsc_base = x86_entry_tsc;
}
