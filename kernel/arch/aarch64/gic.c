/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the interrupt controller. See gic.h. Implements the lines of kernel/hal/irq.h.
 *
 * The distributor, which carries the devices' lines, is alike in both versions. What is a processor's own is
 * memory of the controller in version 2, and system registers and a "redistributor" in version 3.
 */
#include "kernel/arch/aarch64/gic.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/irq.h"

enum : u64 {
	/* Distributor; and the redistributor's own lines, at the same places. SPEC: IHI 0069, 12.9, 12.11 */
	CONTROL = 0x000, TYPE = 0x004, GROUP = 0x080, ENABLE = 0x100, DISABLE = 0x180, PRIORITY = 0x400, TARGET = 0x800,
	CONFIG = 0xc00, SEND = 0xf00, ROUTE = 0x6000,
	/* Redistributor */
	OWN_TYPE = 0x008, OWN_WAKE = 0x014, OWN_LINES = 0x10000, OWN_BYTES = 0x20000,
	/* Interface of version 2. SPEC: IHI 0048, 4.4 */
	FACE_CONTROL = 0x00, FACE_MASK = 0x04, FACE_TAKE = 0x0c, FACE_END = 0x10,
};
enum : u32 {
	CONTROL_V2_ON = 1, CONTROL_V3_ON = 1u << 1 | 1u << 4 /* group 1, by affinity */, CONTROL_BUSY = 1u << 31,
	TYPE_LAST = 1u << 4, TYPE_WIDE = 1u << 1,
	WAKE_SLEEPS = 1u << 1, WAKE_ASLEEP = 1u << 2,
	PRIORITY_ALL = 0x80808080, MASK_NOTHING = 0xff,
	SEND_TARGETS_SHIFT = 16,
	LINES_MAX = 1020, POLLS = 1000000,
};

static u64 distributor, face;  /* virtual addresses; 0: there is none */
static u32 line_count;

static bool v3(void) { return aarch64_platform.gic_v3; }

static void wait_clear(u64 at, u32 bits)
{
	for (u32 i = 0; i < POLLS && (mmio_read32(at) & bits) != 0; i++)
		hal_relax();
}

static void reset_lines(void)
{
	for (u32 line = GIC_SHARED_FIRST; line < line_count; line += 32) {
		mmio_write32(distributor + DISABLE + line / 8, U32_MAX);
		mmio_write32(distributor + GROUP + line / 8, v3() ? U32_MAX : 0);
	}
	for (u32 line = GIC_SHARED_FIRST; line < line_count; line += 4)
		mmio_write32(distributor + PRIORITY + line, PRIORITY_ALL);
	for (u32 line = GIC_SHARED_FIRST; line < line_count; line += 16)
		mmio_write32(distributor + CONFIG + line / 4, 0); /* levels */
}

void gic_find(void)
{
	const struct aarch64_platform *p = &aarch64_platform;

	distributor = tree_mapped(ELEM(p->gic, 0));
	face = v3() ? 0 : tree_mapped(ELEM(p->gic, 1));
	if (distributor == 0 || (!v3() && face == 0)) {
		distributor = 0;
		return;
	}
	mmio_write32(distributor + CONTROL, 0);
	wait_clear(distributor + CONTROL, v3() ? CONTROL_BUSY : 0);
	line_count = (u32)min_u64(((mmio_read32(distributor + TYPE) & 0x1f) + 1) * 32, LINES_MAX);
	reset_lines();
	mmio_write32(distributor + CONTROL, v3() ? CONTROL_V3_ON : CONTROL_V2_ON);
	wait_clear(distributor + CONTROL, v3() ? CONTROL_BUSY : 0);
}

/* ---- a processor's own ---- */

/* The four levels of affinity as the redistributor's type register has them. */
static u32 packed_affinity(u64 affinity) { return (u32)(affinity & 0xffffff) | (u32)(affinity >> 32) << 24; }

static u64 find_redistributor(u64 affinity)
{
	const struct fdt_range *range = ELEM(aarch64_platform.gic, 1);
	u64 at = tree_mapped(range), end = at + range->bytes;

	while (at != 0 && at + OWN_BYTES <= end) {
		u64 type = mmio_read64(at + OWN_TYPE);

		if ((u32)(type >> 32) == packed_affinity(affinity))
			return at;
		if ((type & TYPE_LAST) != 0)
			break;
		at += (type & TYPE_WIDE) != 0 ? 2 * OWN_BYTES : OWN_BYTES;
	}
	return 0;
}

static void enable_own_lines(u64 lines)
{
	u32 wanted = 1u << GIC_RESCHEDULE | 1u << GIC_HALT | 1u << aarch64_platform.timer_line;

	mmio_write32(lines + DISABLE, U32_MAX);
	mmio_write32(lines + GROUP, v3() ? U32_MAX : 0);
	for (u32 line = 0; line < GIC_SHARED_FIRST; line += 4)
		mmio_write32(lines + PRIORITY + line, PRIORITY_ALL);
	mmio_write32(lines + ENABLE, wanted);
}

static void enable_v3(struct hal_cpu *cpu)
{
	cpu->redistributor = find_redistributor(cpu->affinity);
	if (cpu->redistributor == 0)
		return;
	mmio_write32(cpu->redistributor + OWN_WAKE, mmio_read32(cpu->redistributor + OWN_WAKE) & ~WAKE_SLEEPS);
	wait_clear(cpu->redistributor + OWN_WAKE, WAKE_ASLEEP);
	enable_own_lines(cpu->redistributor + OWN_LINES);
	SYSTEM_WRITE(icc_sre_el1, 7);
	aarch64_isb();
	SYSTEM_WRITE(icc_ctlr_el1, 0);
	SYSTEM_WRITE(icc_bpr1_el1, 0);
	SYSTEM_WRITE(icc_pmr_el1, MASK_NOTHING);
	SYSTEM_WRITE(icc_igrpen1_el1, 1);
	aarch64_isb();
}

/* WHY from there: the targets of a processor's own lines are the processor itself. */
static void enable_v2(struct hal_cpu *cpu)
{
	cpu->interface_bit = mmio_read32(distributor + TARGET) & 0xff;
	enable_own_lines(distributor);
	mmio_write32(face + FACE_MASK, MASK_NOTHING);
	mmio_write32(face + FACE_CONTROL, 1);
}

void gic_enable_cpu(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (distributor == 0)
		return;
	if (v3())
		enable_v3(cpu);
	else
		enable_v2(cpu);
}

struct gic_taken gic_take(void)
{
	u32 token = GIC_NONE;

	if (v3())
		token = (u32)SYSTEM_READ(icc_iar1_el1);
	else if (face != 0)
		token = mmio_read32(face + FACE_TAKE);
	/* What a device wrote before its interrupt is seen behind it. */
	BARRIER(sy);
	return (struct gic_taken){ v3() ? token : token & 0x3ff, token };
}

void gic_end(struct gic_taken taken)
{
	if (v3())
		SYSTEM_WRITE(icc_eoir1_el1, taken.token);
	else
		mmio_write32(face + FACE_END, taken.token);
}

/* SPEC: IHI 0069, 12.2.22 ICC_SGI1R_EL1 */
static void send_v3(u64 affinity, enum gic_own which)
{
	u64 upper = (affinity >> 32 & 0xff) << 48 | (affinity >> 16 & 0xff) << 32 | (affinity >> 8 & 0xff) << 16;
	u64 last = affinity & 0xff;

	BARRIER(ishst);
	SYSTEM_WRITE(icc_sgi1r_el1, upper | (last >> 4) << 44 | (u64)which << 24 | 1ull << (last & 0xf));
	aarch64_isb();
}

void gic_send(u32 cpu, enum gic_own which)
{
	const struct hal_cpu *to = &cpu_at(cpu)->arch;

	if (distributor == 0)
		return;
	if (v3()) {
		send_v3(to->affinity, which);
		return;
	}
	BARRIER(ishst);
	mmio_write32(distributor + SEND, to->interface_bit << SEND_TARGETS_SHIFT | which);
}

/* ---- the devices' lines ---- */

u32 hal_irq_count(void) { return line_count; }

static bool is_line(u32 line) { return distributor != 0 && line >= GIC_SHARED_FIRST && line < line_count; }

/* WHY no lock: each register sets or clears only the bits that are written as ones. */
void hal_irq_mask(u32 line)
{
	if (!is_line(line))
		return;
	mmio_write32(distributor + DISABLE + line / 32 * 4, 1u << line % 32);
	wait_clear(distributor + CONTROL, v3() ? CONTROL_BUSY : 0);
}

void hal_irq_unmask(u32 line)
{
	if (is_line(line))
		mmio_write32(distributor + ENABLE + line / 32 * 4, 1u << line % 32);
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	if (!is_line(line) || cpu >= cpu_count())
		return false;
	if (v3())
		mmio_write64(distributor + ROUTE + 8ull * line, cpu_at(cpu)->arch.affinity);
	else
		mmio_write8(distributor + TARGET + line, (u8)cpu_at(cpu)->arch.interface_bit);
	hal_irq_unmask(line);
	return true;
}

/* WHY none: what turns messages into interrupts (ITS, GICv2m) is not driven. */
bool hal_irq_message(u32 line, u64 *address, u32 *data)
{
	(void)line;
	(void)address;
	(void)data;
	return false;
}

/* SPEC: IHI 0069, 12.9.9 "GICD_ICFGR<n>": two bits for each line, of which the upper says edge; not while it may interrupt. */
bool hal_irq_edge(u32 line)
{
	enum : u32 { EDGE = 2, LINES_A_WORD = 16 };
	u64 at = distributor + CONFIG + line / LINES_A_WORD * 4;

	if (!is_line(line))
		return false;
	hal_irq_mask(line);
	mmio_write32(at, mmio_read32(at) | EDGE << line % LINES_A_WORD * 2);
	return true;
}
