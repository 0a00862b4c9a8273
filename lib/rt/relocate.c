/* SPDX-License-Identifier: Apache-2.0
 *
 * Relocates the own image: for the first process, which no loader prepared. Runs before
 * anything else, so it calls nothing and reads no relocated data.
 * SPEC: System V ABI gABI 4.1 chapter 5 (dynamic section). The number of the one kind of relocation is
 * the architecture's (rt_arch/thread.h).
 */
#include "lib/rt/raw_start.h"
#include "rt_arch/thread.h"

enum : u64 { DT_NULL = 0, DT_RELA = 7, DT_RELASZ = 8 };

/* As wide as addresses: the image is of this machine's class. */
struct dynamic {
	uptr tag;
	uptr value;
};

struct rela {
	uptr offset;
	uptr info;
	uptr addend;
};

UNSAFE_BEGIN("SAFETY: the table was made by the linker for this very image and checked when the system image was built; base is where the image lies");
__attribute__((no_stack_protector)) void raw_relocate(uptr base, const struct dynamic *dynamic)
{
	uptr table = 0;
	uptr bytes = 0;

	for (; dynamic->tag != DT_NULL; dynamic++) {
		if (dynamic->tag == DT_RELA)
			table = base + dynamic->value;
		else if (dynamic->tag == DT_RELASZ)
			bytes = dynamic->value;
	}
	for (uptr at = 0; at + sizeof(struct rela) <= bytes; at += sizeof(struct rela)) {
		const struct rela *rela = (const struct rela *)(table + at);

		if (rela->info != RT_ARCH_RELATIVE) /* without a symbol, the kind is all there is */
			__builtin_trap();
		*(uptr *)(base + rela->offset) = base + rela->addend;
	}
}
UNSAFE_END();
