/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: instructions that C has no words for, one function each, and device registers.
 */
#ifndef KERNEL_ARCH_X86_COMMON_INSTRUCTIONS_H
#define KERNEL_ARCH_X86_COMMON_INSTRUCTIONS_H

#include "lib/base/addr.h"

struct x86_cpuid { u32 eax, ebx, ecx, edx; };

UNSAFE_BEGIN("SAFETY: each function is one privileged instruction with its operands declared; the callers own the registers and ports they name");
static FORCE_INLINE u8 x86_in8(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static FORCE_INLINE u16 x86_in16(u16 port)
{
	u16 value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static FORCE_INLINE u32 x86_in32(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static FORCE_INLINE void x86_out8(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static FORCE_INLINE void x86_out16(u16 port, u16 value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static FORCE_INLINE void x86_out32(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static FORCE_INLINE u64 x86_read_msr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static FORCE_INLINE void x86_write_msr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static FORCE_INLINE struct x86_cpuid x86_cpuid(u32 leaf, u32 subleaf)
{
	struct x86_cpuid r;

	__asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}

static FORCE_INLINE u64 x86_read_tsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

static FORCE_INLINE bool x86_random(u64 *out)
{
	u64 value;
	bool ok;

	__asm__ volatile("rdrandq %0" : "=r"(value), "=@ccc"(ok));
	*out = value;
	return ok;
}

static FORCE_INLINE u64 x86_read_cr0(void)
{
	u64 value;

	__asm__ volatile("movq %%cr0, %0" : "=r"(value));
	return value;
}

static FORCE_INLINE void x86_write_cr0(u64 value) { __asm__ volatile("movq %0, %%cr0" : : "r"(value) : "memory"); }
static FORCE_INLINE void x86_clear_ts(void) { __asm__ volatile("clts" ::: "memory"); }

static FORCE_INLINE u64 x86_read_cr2(void)
{
	u64 value;

	__asm__ volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

static FORCE_INLINE u64 x86_read_cr3(void)
{
	u64 value;

	__asm__ volatile("movq %%cr3, %0" : "=r"(value));
	return value;
}

static FORCE_INLINE void x86_write_cr3(u64 value) { __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory"); }
static FORCE_INLINE u64 x86_read_cr4(void)
{
	u64 value;

	__asm__ volatile("movq %%cr4, %0" : "=r"(value));
	return value;
}

static FORCE_INLINE void x86_write_cr4(u64 value) { __asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory"); }

static FORCE_INLINE void x86_set_xcr0(u64 value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((u32)value), "d"((u32)(value >> 32)));
}

static FORCE_INLINE void x86_flush_page(u64 address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static FORCE_INLINE void x86_halt(void) { __asm__ volatile("cli; hlt" ::: "memory"); }

/* Device registers in the direct map, which maps what is not RAM uncached. */
static FORCE_INLINE u32 x86_mmio_read32(vaddr_t at) { return *(volatile u32 *)(uptr)at.v; }
static FORCE_INLINE u64 x86_mmio_read64(vaddr_t at) { return *(volatile u64 *)(uptr)at.v; }
static FORCE_INLINE void x86_mmio_write32(vaddr_t at, u32 value) { *(volatile u32 *)(uptr)at.v = value; }
static FORCE_INLINE void x86_mmio_write64(vaddr_t at, u64 value) { *(volatile u64 *)(uptr)at.v = value; }
static FORCE_INLINE void x86_mmio_write8(vaddr_t at, u8 value) { *(volatile u8 *)(uptr)at.v = value; }
UNSAFE_END();

#endif
