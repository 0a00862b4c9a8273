/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the roots of page tables, and what of spaces is more than tables.
 */
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/cpu.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/common/paging/kernel_map.h"
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/random/random.h"
#include "kernel/hal/boot.h"
#include "kernel/raw/image.h"

enum : u32 { IDS_NARROW = 1u << 8 };

__attribute__((section(".sealed"))) struct paging_roots paging_roots;

/* The kernel's text where it lies in memory: while roots are swapped, and until a processor that starts has its
 * MMU on. */
static void map_start(const struct boot_info *info, frame_allocator allocate)
{
	u64 text = page_ceil(IMAGE_ADDRESS(kernel_text_end) - IMAGE_ADDRESS(kernel_text_start));
	u64 at = IMAGE_ADDRESS(kernel_text_start) - info->kernel_virt + info->kernel_phys;

	paging_roots.start = allocate();
	kernel_map_range(paging_roots.start, at, at, text, KERNEL_TEXT, allocate);
}

void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void))
{
	paging_roots.kernel = frame_zeroed();
	paging_roots.nobody = frame_zeroed();
	kernel_map_build(paging_roots.kernel, info, frame_zeroed);
	/* How many processors there are decides how many stacks are needed. */
	platform_find(info);
	for (u32 cpu = 1; cpu < hal_cpu_count(); cpu++)
		kernel_map_stacks(paging_roots.kernel, cpu, frame_zeroed);
	map_start(info, frame_zeroed);
	cpu_use_tables(info);
}

/* WHY never 0 in a key that is loaded without a further look: that says that there is more to look at. */
static void draw_key(struct hal_space *space)
{
	u64 low = random_u64() | 1;

	space->key_high = random_u64();
	space->key_low = space->asid != 0 ? low : 0;
	space->key_rare = low;
}

void hal_space_init(struct hal_space *space, paddr_t root)
{
	space->root = root;
	space->sweep = 0;
	space->near = U64_MAX;
	space->asid = space_id_take(aarch64_features.wide_ids ? SPACE_IDS_MAX : IDS_NARROW);
	space->ttbr = root.v | (u64)space->asid << 48;
	space->key_low = 0;
	if (aarch64_features.signatures)
		draw_key(space);
}

void hal_space_leave(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (cpu->ttbr == 0)
		return;
	cpu->ttbr = 0;
	SYSTEM_WRITE(ttbr0_el1, paging_roots.nobody.v);
	aarch64_isb();
}
