/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: features and control registers.
 * SPEC: RISC-V Unprivileged ISA 20191213, chapter 27 "ISA Extension Naming Conventions"; Linux,
 * Documentation/devicetree/bindings/riscv/cpus.yaml, extensions.yaml; RISC-V Privileged Architecture 20211203, 4.1
 */
#include "kernel/arch/riscv64/features.h"
#include "boot/common/arch/riscv64/format.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/fpu.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/trap.h"
#include "kernel/hal/cpu.h"

enum : u64 {
	STATUS_INTERRUPTS_BEFORE = 1u << 5, STATUS_FROM_KERNEL = 1u << 8, STATUS_USER_MEMORY = 1u << 18,
	STATUS_READ_CODE = 1u << 19,
};
enum : u32 { BASE_LETTERS_AT = 4 /* behind "rv64" */ };

struct riscv64_features riscv64_features = { .ids = 1 };

/* In the old property, one text: single letters, then names, with underscores between. */
static bool text_has(struct span isa, struct span name)
{
	struct span letters = span_split(&isa, '_');

	if (span_len(name) == 1)
		return span_len(letters) > BASE_LETTERS_AT &&
		       span_find(letters, BASE_LETTERS_AT, span_u8(name, 0)) < span_len(letters);
	while (span_len(isa) != 0)
		if (span_equal(span_split(&isa, '_'), name))
			return true;
	return false;
}

static bool has(const struct fdt *fdt, const struct fdt_node *cpu, struct span name)
{
	return fdt_lists(fdt, cpu, span_text("riscv,isa-extensions"), name) ||
	       text_has(fdt_text(fdt, cpu, span_text("riscv,isa")), name);
}

/* As many as the register keeps ones for. The translation in use is global, and the id it has is not looked at. */
static u32 count_ids(void)
{
	u64 before = CSR_READ(satp);

	CSR_WRITE(satp, before | 0xffffull << SATP_ID_SHIFT);
	u64 found = CSR_READ(satp) >> SATP_ID_SHIFT & 0xffff;

	CSR_WRITE(satp, before);
	riscv64_forget_all();
	return (u32)found + 1;
}

/* Threads move between processors, and page tables serve all: what one of them does not have, none uses. */
void features_detect(const struct boot_info *info)
{
	struct riscv64_features *all = &riscv64_features;
	struct fdt fdt;
	struct fdt_node node = {};
	u64 number;

	all->levels = CSR_READ(satp) >> SATP_MODE_SHIFT == SATP_SV48_NUMBER ? 4 : 3;
	all->ids = count_ids();
	if (!tree_open(info, &fdt) || !tree_next_cpu(&fdt, &node, &number))
		return;
	all->sstc = all->svinval = all->svpbmt = all->floats = true;
	do {
		all->sstc &= has(&fdt, &node, span_text("sstc"));
		all->svinval &= has(&fdt, &node, span_text("svinval"));
		all->svpbmt &= has(&fdt, &node, span_text("svpbmt"));
		all->floats &= has(&fdt, &node, span_text("d")) || has(&fdt, &node, span_text("g"));
	} while (tree_next_cpu(&fdt, &node, &number));
}

/* User mode asks the kernel for the time; the kernel reaches no user address at any time. */
void features_enable(void)
{
	CSR_WRITE(scounteren, 0);
	CSR_CLEAR(sstatus, STATUS_FROM_KERNEL | STATUS_USER_MEMORY | STATUS_READ_CODE | STATUS_FLOATS | STATUS_VECTORS);
	CSR_SET(sstatus, STATUS_INTERRUPTS_BEFORE);
	CSR_WRITE(sie, INTERRUPT_BIT(INTERRUPT_SOFTWARE) | INTERRUPT_BIT(INTERRUPT_TIMER) | INTERRUPT_BIT(INTERRUPT_EXTERNAL));
}

/* The processor's source is firmware's. */
bool hal_entropy(u64 *out)
{
	*out = 0;
	return false;
}

void hal_halt(void)
{
	CSR_WRITE(sie, 0);
	for (;;)
		riscv64_wait();
}

bool hal_interrupt_pending(void) { return (CSR_READ(sip) & CSR_READ(sie)) != 0; }
