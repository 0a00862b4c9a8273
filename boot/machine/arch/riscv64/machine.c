/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: counter and features.
 * SPEC: RISC-V Unprivileged ISA 20191213, 10.1 (time); RISC-V Privileged Architecture 20211203, 4.1.11 "satp"
 */
#include "boot/machine/machine.h"
#include "boot/common/arch/riscv64/format.h"
#include "boot/machine/arch/riscv64/hart.h"
#include "lib/base/addr.h"

enum : u64 {
	ENTRIES = 512, ROOT_SHIFT_SV39 = 30, ROOT_SHIFT_SV48 = 39,
	ALL_ACCESS = TABLE_VALID | TABLE_READ_BIT | TABLE_WRITE_BIT | TABLE_EXECUTE_BIT | TABLE_ACCESSED | TABLE_DIRTY,
};

u64 machine_boot_hart = MACHINE_HART_NONE;
u64 machine_mode;

/* A root that maps 1 GiB or 512 GiB where this code lies. */
static alignas(PAGE_BYTES) u64 probe[ENTRIES];

UNSAFE_BEGIN("SAFETY: registers are read; the root that is tried maps this code where it runs, and is left again at once");
static u64 probe_address(void) { return (u64)(uptr)probe; }

/* What the register has when this is written to it: a mode that is not there leaves it as it was. */
static u64 try_satp(u64 value)
{
	u64 before, found;

	__asm__ volatile("csrr %0, satp\n\tsfence.vma\n\tcsrw satp, %2\n\tcsrr %1, satp\n\tcsrw satp, %0\n\tsfence.vma"
			 : "=&r"(before), "=&r"(found) : "r"(value) : "memory");
	return found;
}

u64 machine_ticks(void)
{
	u64 value;

	__asm__ volatile("rdtime %0" : "=r"(value));
	return value;
}

/* WHY this one: the instruction for it is an extension, and a hint takes the room of any. */
void machine_relax(void)
{
	__asm__ volatile("nop" : : : "memory");
}
UNSAFE_END();

/* The source of random numbers is firmware's (SPEC: RISC-V Cryptography Extensions 1.0, 4.3 "Access Control to seed"). */
bool machine_random(u64 *out)
{
	*out = 0;
	return false;
}

static bool has_mode(u64 mode, u32 root_shift)
{
	u64 place = probe_address() >> root_shift;
	u64 *entry = ELEM(probe, place % ENTRIES);

	*entry = place << (root_shift - TABLE_ADDRESS_SHIFT) | ALL_ACCESS;
	bool taken = try_satp(mode << SATP_MODE_SHIFT | probe_address() >> PAGE_SHIFT) >> SATP_MODE_SHIFT == mode;

	*entry = 0;
	return taken;
}

struct span machine_missing(void)
{
	if (machine_boot_hart == MACHINE_HART_NONE)
		return span_text("firmware does not tell which processor runs (RISCV_EFI_BOOT_PROTOCOL)");
	if (has_mode(SATP_SV48_NUMBER, ROOT_SHIFT_SV48))
		machine_mode = SATP_SV48_NUMBER;
	else if (has_mode(SATP_SV39_NUMBER, ROOT_SHIFT_SV39))
		machine_mode = SATP_SV39_NUMBER;
	return machine_mode != 0 ? span_empty() : span_text("the processor has no page tables of three or four levels (Sv39, Sv48)");
}

void machine_processor_set(u64 number)
{
	machine_boot_hart = number;
}

u32 machine_levels(void)
{
	return machine_mode == SATP_SV48_NUMBER ? 4 : 3;
}

bool machine_giant_pages(void)
{
	return true;
}

/* Caches are always on. */
void machine_written(u64 address, u64 bytes)
{
	(void)address;
	(void)bytes;
}
