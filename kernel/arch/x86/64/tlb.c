/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: forgetting cached translations, here and on other processors.
 *
 * Each processor has one request of its own. It fills the request, marks itself in `asked` of
 * every target, and interrupts them. A target takes the marks, flushes, and removes its bit from
 * each requester's `waiting`. Whoever waits - for a request or for any lock - serves others
 * meanwhile, so that processors with interrupts off cannot wait for each other in a circle.
 *
 * INV: TLB-REQUEST  a request's fields change only while its `waiting` is 0.
 */
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"

enum : u64 { SINGLE_MAX = 32 /* pages; above it all are flushed at once */ };

struct request {
	alignas(64) u64 waiting;  /* bit i: processor i has not flushed yet */
	struct hal_space *space;
	u64 at, pages;
	alignas(64) u64 asked;    /* bit i: processor i asks this one */
};

static struct request requests[CPUS_MAX];

static void flush(u64 at, u64 pages)
{
	if (pages > SINGLE_MAX) {
		x86_write_cr3(x86_read_cr3());
		return;
	}
	for (u64 i = 0; i < pages; i++)
		x86_flush_page(at + i * PAGE_BYTES);
}

void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages)
{
	/* A space that is not active has nothing cached: activating another one forgot it. */
	if (hal_this_cpu()->arch.space == space)
		flush(at.v, pages);
}

void hal_tlb_serve(void)
{
	u32 me = hal_this_cpu()->arch.id;
	struct request *own = ELEM(requests, me);

	if (LIKELY(atomic_load(&own->asked) == 0))
		return;
	u64 asked = atomic_exchange(&own->asked, 0ull);

	while (asked != 0) {
		struct request *r = ELEM(requests, (u32)__builtin_ctzll(asked));

		asked &= asked - 1;
		hal_tlb_flush(r->space, (uaddr_t){ r->at }, r->pages);
		atomic_and(&r->waiting, ~(1ull << me));
	}
}

/* A processor that activates the space meanwhile walks the new tables, or is seen here. */
static u64 others_with(const struct hal_space *space, u32 me)
{
	u64 mask = 0;

	atomic_fence();
	for (u32 i = 0; i < cpu_count(); i++)
		if (i != me && atomic_load(&cpu_at(i)->arch.space) == space)
			mask |= 1ull << i;
	return mask;
}

static void await_answers(struct request *own)
{
	while (atomic_load_acquire(&own->waiting) != 0) {
		hal_tlb_serve();
		hal_relax();
	}
}

static __attribute__((noinline)) void ask_others(struct hal_space *space, uaddr_t at, u64 pages)
{
	u32 me = hal_this_cpu()->arch.id;
	struct request *own = ELEM(requests, me);
	u64 mask = others_with(space, me);

	if (mask == 0)
		return;
	own->space = space;
	own->at = at.v;
	own->pages = pages;
	atomic_store_release(&own->waiting, mask);
	for (u64 left = mask; left != 0; left &= left - 1) {
		u32 cpu = (u32)__builtin_ctzll(left);

		/* A processor that was asked already, and has not looked yet, is interrupted already. */
		if (atomic_or(&ELEM(requests, cpu)->asked, 1ull << me) == 0)
			apic_send(*ELEM(x86_platform.apic_id, cpu), VECTOR_TLB);
	}
	await_answers(own);
}

void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages)
{
	if (cpu_count() > 1)
		ask_others(space, at, pages);
}
