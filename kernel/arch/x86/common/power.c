/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: power off and reset. SPEC: ACPI 6.5, 4.8.3.2 (PM1 control), 4.8.3.7 (sleep control),
 * 4.8.3.6 (reset register).
 */
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/mmu.h"
#include "kernel/hal/power.h"

enum : u32 { SLEEP_ENABLE = 1u << 13, SLEEP_TYPE_SHIFT = 10, WAIT_ROUNDS = 1000000 };
enum : u16 { PORT_RESET = 0xcf9, PORT_KEYBOARD = 0x64 };

static void wait(void)
{
	for (u32 i = 0; i < WAIT_ROUNDS; i++)
		hal_relax();
}

static void write_register(struct acpi_register r, u8 value)
{
	if (r.space == ACPI_SPACE_PORT)
		x86_out8((u16)r.address, value);
	/* Device memory below 4 GiB is in the direct map. */
	else if (r.space == ACPI_SPACE_MEMORY && r.address < 1ull << 32)
		x86_mmio_write8(hal_direct((paddr_t){ r.address }), value);
}

static void pm1_sleep(u32 port, u8 type)
{
	u16 kept;

	if (port == 0)
		return;
	kept = (u16)(x86_in16((u16)port) & ~(7u << SLEEP_TYPE_SHIFT | SLEEP_ENABLE));
	x86_out16((u16)port, (u16)(kept | (u32)type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE));
}

void hal_power_off(void)
{
	const struct acpi_facts *acpi = &x86_platform.acpi;

	if (!acpi->can_sleep)
		return;
	if (acpi->sleep.space != ACPI_SPACE_NONE)
		write_register(acpi->sleep, (u8)((u32)acpi->sleep_type_a << 2 | 1u << 5));
	pm1_sleep(acpi->pm1a_control, acpi->sleep_type_a);
	pm1_sleep(acpi->pm1b_control, acpi->sleep_type_b);
	wait();
}

void hal_reboot(void)
{
	write_register(x86_platform.acpi.reset, x86_platform.acpi.reset_value);
	wait();
	x86_out8(PORT_RESET, 0x02);
	x86_out8(PORT_RESET, 0x06);
	wait();
	x86_out8(PORT_KEYBOARD, 0xfe);
	wait();
}
