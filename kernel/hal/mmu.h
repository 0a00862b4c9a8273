/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: address translation. The core owns every policy and every frame; the architecture
 * owns the table format. Tables are allocated by the core, so that they are charged to a
 * group: an operation that needs one says HAL_MMU_NEEDS_TABLE and has changed nothing; the core
 * adds a zeroed frame and asks again.
 *
 * Pre: behind hal_boot_memory; interrupts off.
 */
#ifndef KERNEL_HAL_MMU_H
#define KERNEL_HAL_MMU_H

#include "lib/base/addr.h"
#include "hal_arch/mmu.h" /* struct hal_space; enum HAL_USER_TOP etc. */

/* hal_arch/mmu.h also defines:
 *   enum : u64 { HAL_USER_BASE, HAL_USER_TOP }   user addresses are [HAL_USER_BASE, HAL_USER_TOP)
 *   enum : u64 { HAL_KERNEL_BASE }               the kernel, its stacks and the direct map are at this address or above it
 *   enum : u64 { HAL_LARGE_PAGES }               so many pages, aligned to their size, can be one entry
 */

/* The virtual address of a physical one in the direct map. Inline, in hal_arch/mmu.h:
 *     static vaddr_t hal_direct(paddr_t at);
 * Pre: behind hal_boot_early; the address is RAM's or a device's below direct_bytes.
 * Post: it is mapped, behind hal_boot_memory; all of RAM but the kernel's text and constants is writable there.
 * Order: none.
 * Cost: constant: one addition. */

enum hal_mmu_result : u32 {
	HAL_MMU_OK,
	HAL_MMU_NEEDS_TABLE, /* hal_space_add_table, then again */
	HAL_MMU_PRESENT,     /* a mapping is there already */
	HAL_MMU_ABSENT,      /* no mapping is there */
};

enum hal_prot : u32 {
	HAL_PROT_READ = 1,
	HAL_PROT_WRITE = 2,
	HAL_PROT_EXECUTE = 4,
	HAL_PROT_DEVICE = 8, /* uncached, strictly ordered */
};

/* ---- tables ----
 * Pre: the space's lock is held, by which the core serialises calls on one space; addresses are at pages' starts, from
 *     HAL_USER_BASE to below HAL_USER_TOP, and frames are frames; prot has READ, never both WRITE and EXECUTE.
 * Order: an entry that was made or changed is seen by whoever enters user mode behind it, on any processor that the core's
 *     locks order behind; one that has cached that there was nothing may fault once. What was cached before is seen until
 *     it is flushed. No barrier for anything else.
 * Cost: constant: one entry of each table on the way is looked at, at most, some 30 instructions. */

/* Pre: the root is a zeroed frame that nobody else has; the space is nobody's yet, so no lock is needed.
 * Post: an empty user space with this root; the kernel half is shared. hal_space_take_table gives back what it takes.
 * Cost: constant: at most half a root's entries are copied, and at most 64 tries for an id of its own; without one it costs
 *     more to activate. */
void hal_space_init(struct hal_space *space, paddr_t root);

/* Post: OK: the page is mapped, and with EXECUTE what was written to the frame can be run by whoever has the space.
 *     NEEDS_TABLE, PRESENT: nothing was changed.
 * Cost: as above; with EXECUTE also, where caches are not coherent, proportional to a page's cache lines, or a wait for the
 *     processors that use the space. */
[[nodiscard]] enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot);

/* Pre: as above; address and frame are aligned to HAL_LARGE_PAGES pages; not EXECUTE.
 * Post: OK: so many pages are mapped by one entry. NEEDS_TABLE, PRESENT: nothing was changed; PRESENT also if there is a
 *     table for single pages, empty or not. */
[[nodiscard]] enum hal_mmu_result hal_space_map_large(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot);

/* Pre: as above; the last answer for the address was NEEDS_TABLE; the table is a zeroed frame that nobody else has.
 * Post: it is the topmost table that was missing on the way to the address.
 * Order: its zeroes are seen before it is. */
void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table);

/* Post: the entry that mapped the page is gone, and so many pages with it: 0 if there was none. Not flushed: the frames are
 *     in use until hal_tlb_flush and hal_tlb_shootdown are done. */
[[nodiscard]] u64 hal_space_unmap(struct hal_space *space, uaddr_t at);

/* Post: OK: the entry that maps the page, a large one as a whole, has this access and the same frame. ABSENT: there is
 *     none. Not flushed: the access it had before is possible until then.
 * Cost: as above; with EXECUTE as hal_space_map. */
[[nodiscard]] enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot);

/* Pre: any address at all. Without the lock only on a processor where the space is active, for tables stay while it is; the
 *     answer may be old then.
 * Post: OK: the frame that the address is in, and its hal_prot bits. ABSENT: nothing is written.
 * Order: none. */
[[nodiscard]] enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot);

/* Takes one table frame out of a space: leaf tables first, the root last.
 * Pre: the space is active nowhere and never will be again, and has no mappings left; one caller at a time, no lock is needed.
 * Post: true: *table belongs to the caller alone, and no processor looks at it any more. False: all are taken. One table a
 *     call, so that the caller can give way between them.
 * Order: with the root, what was cached by the space's id is forgotten before the next space can have it.
 * Cost: one look through one table of each level at most; with the root, what forgetting an id costs. */
bool hal_space_take_table(struct hal_space *space, paddr_t *table);

/* ---- which space, and what is cached of it ---- */

/* Makes the space the one that user addresses go through on this processor. Inline, in hal_arch/switch.h:
 *     static void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space);
 * Pre: `cpu` is this processor's; the space stays until another one is active here or hal_space_leave was called.
 * Post: user addresses go through it from the next return to user mode on, and nothing older is used of what is cached.
 * Order: the space is stored where other processors look for whom to ask for a flush, before its tables are used: who
 *     changes them and has a fence behind it sees that, or the change is seen here. No barrier for anything else.
 * Cost: constant: none if it is active already; else a register of the processor, and a fence or what was cached, if it has
 *     no ids. */

/* Pre: none more.
 * Post: user addresses go through no space on this processor; nobody asks it for flushes of one.
 * Order: none: what was cached of the space is not used until it is active here again, and then as hal_space_activate says.
 * Cost: constant: none if there is none; else a register of the processor. */
void hal_space_leave(void);

/* Pre: the tables were changed before; any lock held; at least one page.
 * Post: this processor has cached nothing of [at, at + pages) from before the change, if the space is active here; else it
 *     will use nothing of it. A machine that can may do the other processors' part at once.
 * Order: the change of the tables comes first, also for the processor's own walks of them.
 * Cost: proportional to pages up to 32, above it constant: all of the space is forgotten. A broadcast waits for the other
 *     processors' hardware, not for what they run. */
void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages);

/* Pre: behind hal_tlb_flush of the same. No lock is held that an interrupt handler takes. Several processors may do it at once.
 * Post: what hal_tlb_flush says holds on every other processor, too: all on which the space is active have done it, the
 *     others will use nothing of it.
 * Order: begins with a full fence, where others have to be asked; what they did in user mode through the old entries is seen
 *     behind it.
 * Cost: none with one processor, or where a flush is everybody's; else one look at each processor, one interrupt for each
 *     that uses the space, and waits for these. While it waits, it serves requests of others, or these are served below the
 *     kernel. */
void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages);

/* Serves requests of other processors for this one.
 * Pre: any lock held: called in every spin loop on a lock, so that nobody waits in a circle.
 * Post: what was asked for before it looked is done.
 * Order: who asked sees it done behind all of this processor's uses of the old entries. No barrier where nothing was asked.
 * Cost: constant: one load where nothing is asked, nothing where nobody asks; else a hal_tlb_flush for each that did. */
void hal_tlb_serve(void);

#endif
