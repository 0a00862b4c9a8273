/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the kernel's own page tables. SPEC: Intel SDM 3A, 4.5 "4-Level Paging".
 */
#ifndef KERNEL_ARCH_X86_64_PAGING_H
#define KERNEL_ARCH_X86_64_PAGING_H

#include "boot/boot_info.h"
#include "kernel/arch/x86/common/features.h"
#include "lib/base/addr.h"

enum : u64 {
	PTE_PRESENT = 1u << 0,
	PTE_WRITE = 1u << 1,
	PTE_USER = 1u << 2,
	PTE_WRITE_THROUGH = 1u << 3,
	PTE_NO_CACHE = 1u << 4,  /* with the one above: uncached, strictly ordered */
	PTE_ACCESSED = 1u << 5,
	PTE_DIRTY = 1u << 6,
	PTE_LARGE = 1u << 7,
	PTE_GLOBAL = 1u << 8,
	PTE_NO_EXECUTE = 1ull << 63,
	PTE_FRAME = 0x000ffffffffff000,
	TABLE_ENTRIES = 512,
	KERNEL_HALF = 256,       /* first root entry of the kernel */
};

/* Index of an address in its table of that level: 4 is the root, 1 the leaf table. */
static FORCE_INLINE u64 table_index(u64 address, u32 level)
{
	return address >> (PAGE_SHIFT + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

/* Without NX in the processor the bit must stay 0. */
static FORCE_INLINE u64 pte_no_execute(void) { return x86_features.nx ? PTE_NO_EXECUTE : 0; }

/* From now on hal_direct works. */
void paging_note_direct_map(const struct boot_info *info);

/* Root of the kernel's tables; its lower half is empty. */
paddr_t paging_kernel_root(void);

/* Copies the kernel's entries into another root. */
void paging_share_kernel(paddr_t root);

/* Two pages below 1 MiB for starting processors, which the page tables do not use; and the
 * second-level table that maps the first 2 MiB at address 0 for it. False if there are none. */
struct low_pages { paddr_t code, root, identity; };
[[nodiscard]] bool paging_low_pages(struct low_pages *out);

#endif
