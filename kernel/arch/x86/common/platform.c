/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: finding out about the machine. See platform.h.
 */
#include "kernel/arch/x86/common/platform.h"
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/clock.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/ioapic.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"

static_assert(ACPI_CPUS_MAX == CPUS_MAX);

struct x86_platform x86_platform;

void x86_platform_find(const struct boot_info *info)
{
	struct x86_platform *p = &x86_platform;

	acpi_learn(info, &p->acpi);
	apic_find();
	p->apic_id[0] = apic_id();
	p->cpu_count = 1;
	for (u32 i = 0; i < p->acpi.cpu_count && p->cpu_count < CPUS_MAX; i++) {
		u32 id = p->acpi.apic_id[i];

		if (id == p->apic_id[0])
			p->node[0] = p->acpi.node[i];
		/* Without x2APIC only 8 bits of a processor's address can be named. */
		if (id == p->apic_id[0] || (!apic_is_x2() && id > 0xfe))
			continue;
		p->node[p->cpu_count] = p->acpi.node[i];
		p->apic_id[p->cpu_count++] = id;
	}
	hal_this_cpu()->arch.apic_id = p->apic_id[0];
}

/* The two old interrupt controllers: moved away from the exception vectors, all lines masked.
 * SPEC: Intel 8259A data sheet. */
static void mask_old_controllers(void)
{
	x86_out8(0x20, 0x11);
	x86_out8(0xa0, 0x11);
	x86_out8(0x21, VECTOR_OLD_CONTROLLERS);
	x86_out8(0xa1, VECTOR_OLD_CONTROLLERS + 8);
	x86_out8(0x21, 4);
	x86_out8(0xa1, 2);
	x86_out8(0x21, 1);
	x86_out8(0xa1, 1);
	x86_out8(0x21, 0xff);
	x86_out8(0xa1, 0xff);
}

void hal_boot_platform(const struct boot_info *info)
{
	mask_old_controllers();
	apic_enable();
	ioapic_find();
	clock_calibrate(info);
	apic_timer_enable();
}

u32 hal_cpu_count(void) { return x86_platform.cpu_count; }
u32 hal_cpu_node(u32 id) { return *ELEM(x86_platform.node, id); }
