/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: counter, random numbers, features, and memory written while the caches are off.
 * SPEC: Arm ARM (DDI 0487), D24.2 (registers by name), D12 "The Generic Timer", C6.2 (instructions)
 */
#include "boot/machine/machine.h"
#include "lib/base/addr.h"

enum : u32 { RANDOM_TRIES = 8 };
enum : u64 { LINE_BYTES_MIN = 16, GRANULE_4K_NONE = 0xf, CACHES_ON = 1u << 2 };

UNSAFE_BEGIN("SAFETY: registers that tell of the processor are read; the cache operation forgets lines of memory that the caller has written around the cache");
static u64 isa_features(void)
{
	u64 value;

	__asm__("mrs %0, id_aa64isar0_el1" : "=r"(value));
	return value;
}

static u64 memory_features(void)
{
	u64 value;

	__asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(value));
	return value;
}

static u64 control(void)
{
	u64 el, value;

	__asm__("mrs %0, CurrentEL" : "=r"(el));
	if (el == 2 << 2)
		__asm__ volatile("mrs %0, sctlr_el2" : "=r"(value));
	else
		__asm__ volatile("mrs %0, sctlr_el1" : "=r"(value));
	return value;
}

u64 machine_ticks(void)
{
	u64 value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value));
	return value;
}

/* RNDR by its number, since baseline assemblers do not know it; the flags are 0b0000 on success. */
static bool random_once(u64 *out)
{
	u64 value = 0, ok = 0;

	__asm__ volatile("mrs %0, S3_3_C2_C4_0\n\tcset %1, ne" : "=r"(value), "=r"(ok) : : "cc");
	*out = value;
	return ok != 0;
}

void machine_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

void machine_written(u64 address, u64 bytes)
{
	if ((control() & CACHES_ON) != 0)
		return;
	for (u64 at = address & ~(LINE_BYTES_MIN - 1); at < address + bytes; at += LINE_BYTES_MIN)
		__asm__ volatile("dc ivac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}
UNSAFE_END();

bool machine_random(u64 *out)
{
	if (isa_features() >> 60 == 0)
		return false;
	for (u32 i = 0; i < RANDOM_TRIES; i++)
		if (random_once(out))
			return true;
	return false;
}

struct span machine_missing(void)
{
	if ((memory_features() >> 28 & 0xf) == GRANULE_4K_NONE)
		return span_text("the processor has no 4 KiB pages");
	return span_empty();
}

void machine_processor_set(u64 number)
{
	(void)number;
}

u32 machine_levels(void)
{
	return 4;
}

bool machine_giant_pages(void)
{
	return true;
}
