/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: finding the advanced interrupt controllers: of those for lines the kernel's, which is connected to the
 * processors' external interrupts or sends messages to what is.
 * SPEC: Linux, Documentation/devicetree/bindings/interrupt-controller: riscv,aplic.yaml, riscv,imsics.yaml
 */
#include "kernel/arch/riscv64/platform.h"

/* The kernel's receiver of messages with this handle: how many numbers it knows; 0: there is none. */
static u32 find_receiver(const struct fdt *fdt, u32 phandle)
{
	struct fdt_node node = {};
	struct span pairs;

	while (phandle != 0 && fdt_next_compatible(fdt, span_text("riscv,imsics"), &node))
		if (fdt_u32(fdt, &node, span_text("phandle"), 0) == phandle &&
		    fdt_property(fdt, &node, span_text("interrupts-extended"), &pairs) && platform_contexts(pairs))
			return fdt_u32(fdt, &node, span_text("riscv,num-ids"), 0);
	return 0;
}

static bool take(const struct fdt *fdt, const struct fdt_node *node, enum controller_kind kind, u32 lines)
{
	struct riscv64_platform *p = &riscv64_platform;

	if (!fdt_reg(fdt, node, 0, &p->controller))
		return false;
	p->lines = (u32)min_u64(lines, fdt_u32(fdt, node, span_text("riscv,num-sources"), 0));
	p->controller_kind = kind;
	return true;
}

static bool try_controller(const struct fdt *fdt, const struct fdt_node *node)
{
	struct span pairs;

	if (fdt_property(fdt, node, span_text("interrupts-extended"), &pairs))
		return platform_contexts(pairs) && take(fdt, node, CONTROLLER_APLIC, U32_MAX);
	u32 numbers = find_receiver(fdt, fdt_u32(fdt, node, span_text("msi-parent"), 0));

	return numbers != 0 && take(fdt, node, CONTROLLER_APLIC_MESSAGES, numbers);
}

void platform_find_aia(const struct fdt *fdt)
{
	struct fdt_node node = {};

	while (fdt_next_compatible(fdt, span_text("riscv,aplic"), &node))
		if (try_controller(fdt, &node))
			return;
}
