/* SPDX-License-Identifier: Apache-2.0
 *
 * What the safe profile forbids is the purpose of this file.
 */
#include "userspace/apps/fault/raw_faults.h"
#include "lib/base/safe.h"

UNSAFE_BEGIN("SAFETY: every access is meant to fault, and the process holds nothing that it could damage but itself");
/* WHY volatile: the compiler must not see what the addresses are. */
static volatile u64 address;
static u8 data[16] = { 0xc3 };

static volatile u8 *at(u64 where)
{
	address = where;
	return (volatile u8 *)(uptr)address;
}

void raw_fault_null(void) { (void)*at(0); }
void raw_fault_read(void) { (void)*at(0xffff800000000000ull); }
void raw_fault_write(void) { *at(0x0000123456789000ull) = 1; }
void raw_fault_text(void) { *at((u64)(uptr)raw_fault_text) = 0xc3; }

/* WHY a jump in assembly: a call through a pointer is stopped by kcfi before it gets there. */
void raw_fault_execute(void)
{
	__asm__ volatile("callq *%0" : : "r"(data) : "memory");
}

void raw_fault_stack(void)
{
	__asm__ volatile("1: pushq $0\n\tjmp 1b" : : : "memory");
}

void raw_fault_divide(void)
{
	__asm__ volatile("divl %0" : : "r"(0), "a"(1), "d"(0) : "cc");
}

void raw_fault_trap(void)
{
	u64 index = *at((u64)(uptr)data) + 1000;

	(void)*ELEM(data, index);
}

void raw_fault_privileged(void)
{
	__asm__ volatile("hlt");
}
UNSAFE_END();
