/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: counters of known frequency. SPEC: IA-PC HPET 1.0a, 2.3; ACPI 6.5, 4.8.3.3;
 * Intel 8254 data sheet.
 */
#include "kernel/arch/x86/common/reference.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/mmu.h"

enum : u64 {
	HPET_CAPABILITIES = 0x00, HPET_CONFIG = 0x10, HPET_COUNTER = 0xf0,
	HPET_PERIOD_MAX = 100000000,           /* fs, by the specification */
	PM_TIMER_PERIOD = 279365115,           /* 3.579545 MHz */
	PIT_PERIOD = 838095345,                /* 1.193182 MHz */
};
enum : u16 { PIT_CHANNEL_2 = 0x42, PIT_COMMAND = 0x43, PIT_GATE = 0x61 };
enum : u32 { ALIVE_POLLS = 10000 };

static vaddr_t hpet;
static u16 pm_timer;

static u64 hpet_read(void) { return x86_mmio_read32((vaddr_t){ hpet.v + HPET_COUNTER }); }
static u64 pm_timer_read(void) { return x86_in32(pm_timer); }

static u64 pit_read(void)
{
	u32 low, high;

	x86_out8(PIT_COMMAND, 0x80); /* latch channel 2 */
	low = x86_in8(PIT_CHANNEL_2);
	high = x86_in8(PIT_CHANNEL_2);
	return 0xffff - (high << 8 | low);
}

static void pit_start(void)
{
	x86_out8(PIT_GATE, (u8)((x86_in8(PIT_GATE) & ~2u) | 1)); /* gate on, speaker off */
	x86_out8(PIT_COMMAND, 0xb4);  /* channel 2, both bytes, rate generator */
	x86_out8(PIT_CHANNEL_2, 0);
	x86_out8(PIT_CHANNEL_2, 0);
}

static bool counts(u64 (*read)(void))
{
	u64 first = read();

	for (u32 i = 0; i < ALIVE_POLLS; i++)
		if (read() != first)
			return true;
	return false;
}

static u64 hpet_start(u64 address)
{
	u64 period;

	if (address == 0 || address >= 1ull << 32)
		return 0;
	hpet = hal_direct((paddr_t){ address });
	period = x86_mmio_read64((vaddr_t){ hpet.v + HPET_CAPABILITIES }) >> 32;
	if (period == 0 || period > HPET_PERIOD_MAX)
		return 0;
	x86_mmio_write64((vaddr_t){ hpet.v + HPET_CONFIG },
			 x86_mmio_read64((vaddr_t){ hpet.v + HPET_CONFIG }) | 1);
	return period;
}

struct reference reference_find(const struct acpi_facts *acpi)
{
	u64 period = hpet_start(acpi->hpet);

	if (period != 0 && counts(hpet_read))
		return (struct reference){ .read = hpet_read, .mask = U32_MAX, .period_fs = period };
	pm_timer = (u16)acpi->pm_timer;
	if (pm_timer != 0 && counts(pm_timer_read))
		return (struct reference){
			.read = pm_timer_read,
			.mask = acpi->pm_timer_32 ? U32_MAX : 0xffffff,
			.period_fs = PM_TIMER_PERIOD,
		};
	pit_start();
	if (counts(pit_read))
		return (struct reference){ .read = pit_read, .mask = 0xffff, .period_fs = PIT_PERIOD };
	return (struct reference){};
}
