/* SPDX-License-Identifier: Apache-2.0
 *
 * The page tables of x86_64. See tests/prove/include/tables.h.
 */
#include "kernel/arch/x86/64/paging.h"

#define TABLES_SOURCE "kernel/arch/x86/64/space.c"
#include "tests/prove/include/tables.h"

struct x86_features x86_features;

void paging_share_kernel(paddr_t root) { (void)root; }
paddr_t paging_kernel_root(void) { return (paddr_t){ 0 }; }

static u64 *leaf_entry(u64 at) { return leaf(&space, at); }
static u64 table_entry(paddr_t frame) { return frame.v | TABLE_BITS; }
static bool names_table(u64 entry) { return entry != 0 && !is_large(entry); }
static u64 any_frame(void) { return ANY(u64) & PTE_FRAME; }
static void any_features(void) { x86_features.nx = MAYBE(); }

/* A page that is there; which bits it has beside the usual. */
static bool is_page(u64 entry, u64 more)
{
	u64 always = PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | more;
	u64 rest = entry & ~(always | PTE_FRAME | PTE_WRITE | PTE_NO_EXECUTE | DEVICE_BITS);

	return (entry & PTE_FRAME) != 0 && (entry & always) == always && rest == 0;
}

static bool is_leaf(u64 entry) { return entry == 0 || is_page(entry, 0); }
static bool is_large_page(u64 entry) { return is_page(entry, PTE_LARGE) && (entry & PTE_FRAME & LARGE_MASK) == 0; }

/* The access that was asked for is the access there is; without NX in the processor what is not writable can be run. */
static bool as_asked(u32 prot, u32 found)
{
	return prot == found || (!x86_features.nx && (prot & HAL_PROT_WRITE) == 0 && (prot | HAL_PROT_EXECUTE) == found);
}

void prove_map(void) { map(); }
void prove_map_large(void) { map_large(); }
void prove_unmap(void) { unmap(); }
void prove_protect(void) { protect(); }
void prove_add_table(void) { add_table(); }
void prove_take_table(void) { take_table(); }
void prove_next_used(void) { find_used(); }
