/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: firmware's power control. SPEC: PSCI (DEN 0022) 1.1, 5.1 "Function prototypes".
 */
#include "kernel/arch/aarch64/power.h"
#include "kernel/arch/aarch64/acpi.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/hal/power.h"

enum : u64 { SYSTEM_OFF = 0x84000008, SYSTEM_RESET = 0x84000009, CPU_ON = 0xc4000003 };

static enum power_method method;

void power_find(const struct boot_info *info)
{
	struct fdt_node node = {};
	struct fdt fdt;

	if (acpi_facts.psci)
		method = acpi_facts.psci_by_hvc ? POWER_BY_HVC : POWER_BY_SMC;
	if (!tree_open(info, &fdt))
		return;
	/* Older firmware has numbers of its own for the functions, which this does not know. */
	if (!fdt_next_compatible(&fdt, span_text("arm,psci-0.2"), &node)) {
		node = (struct fdt_node){};
		if (!fdt_next_compatible(&fdt, span_text("arm,psci-1.0"), &node))
			return;
	}
	struct span text = fdt_text(&fdt, &node, span_text("method"));

	if (span_equal(text, span_text("hvc")))
		method = POWER_BY_HVC;
	else if (span_equal(text, span_text("smc")))
		method = POWER_BY_SMC;
}

static u64 call(u64 function, u64 a, u64 b, u64 c)
{
	return method == POWER_NONE ? U64_MAX : aarch64_firmware(method == POWER_BY_HVC, function, a, b, c);
}

bool power_start_cpu(u64 affinity, u64 entry, u64 argument) { return call(CPU_ON, affinity, entry, argument) == 0; }
void hal_power_off(void) { (void)call(SYSTEM_OFF, 0, 0, 0); }
void hal_reboot(void) { (void)call(SYSTEM_RESET, 0, 0, 0); }
