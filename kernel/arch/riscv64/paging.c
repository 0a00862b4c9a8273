/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the kernel's root, and what of spaces is more than tables.
 * INV: the kernel half of the root does not change after hal_boot_memory, so spaces copy its entries once.
 */
#include "kernel/arch/riscv64/paging.h"
#include "boot/common/arch/riscv64/format.h"
#include "kernel/arch/common/paging/kernel_map.h"
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "kernel/raw/frame_access.h"
#include "hal_arch/entry.h"

/* WHY all: with three levels each GiB of the direct map has one. */
enum : u32 { SHARED_MAX = TABLE_ENTRIES - USER_ENTRIES };

static paddr_t kernel_root;
static u64 shared[SHARED_MAX];  /* the root entries in use */
static u32 shared_count;

static u64 satp_of(paddr_t root, u32 id)
{
	u64 mode = riscv64_features.levels == LEVEL_MOST ? SATP_SV48_NUMBER : SATP_SV39_NUMBER;

	return mode << SATP_MODE_SHIFT | (u64)id << SATP_ID_SHIFT | root.v >> PAGE_SHIFT;
}

u64 paging_kernel_satp(void) { return satp_of(kernel_root, 0); }

void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void))
{
	kernel_root = frame_zeroed();
	kernel_map_build(kernel_root, info, frame_zeroed);
	/* How many processors there are decides how many stacks are needed. */
	platform_find(info);
	for (u32 cpu = 1; cpu < hal_cpu_count(); cpu++)
		kernel_map_stacks(kernel_root, cpu, frame_zeroed);
	for (u64 i = USER_ENTRIES; i < TABLE_ENTRIES; i++)
		if (frame_words(kernel_root)->word[i] != 0)
			*ELEM(shared, shared_count++) = i;
	CSR_WRITE(satp, paging_kernel_satp());
	riscv64_forget_all();
}

void hal_space_init(struct hal_space *space, paddr_t root)
{
	const struct frame_words *from = frame_words(kernel_root);
	struct frame_words *to = frame_words(root);

	for (u32 i = 0; i < shared_count; i++)
		to->word[shared[i]] = from->word[shared[i]];
	space->root = root;
	space->sweep = 0;
	space->near = U64_MAX;
	space->known = 0;
	space->asid = space_id_take(riscv64_features.ids);
	space->satp = satp_of(root, space->asid);
}

void hal_space_leave(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (cpu->space == nullptr)
		return;
	atomic_store(&cpu->space, nullptr);
	CSR_WRITE(satp, paging_kernel_satp());
}
