/* SPDX-License-Identifier: Apache-2.0
 *
 * What the safe profile forbids is the purpose of this file.
 */
#include "userspace/apps/fault/raw_faults.h"
#include "lib/base/safe.h"
#include "rt_arch/thread.h"

static void nothing(void) { }

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
void raw_fault_read(void) { (void)*at(~0ull << RT_ARCH_ADDRESS_BITS); }
void raw_fault_write(void) { *at(3ull << (RT_ARCH_ADDRESS_BITS - 4)) = 1; } /* below where images begin: lib/rt/place.c */
void raw_fault_text(void) { *at((u64)(uptr)raw_fault_text) = 0xc3; }

void raw_fault_execute(void) { raw_jump((u64)(uptr)data); }

void raw_fault_inside(void) { raw_jump((u64)(uptr)nothing + 4); }

void raw_fault_trap(void) { (void)*ELEM(data, *at((u64)(uptr)data) + 1000); }
UNSAFE_END();
