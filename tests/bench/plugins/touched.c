/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin of QEMU's emulator: what the kernel does in each sample of a benchmark, on one processor. Counted are its
 * instructions, their loads and stores, the lines of memory of 64 bytes that these touch, new roots of page tables, and
 * flushes of translations. What the processor reads by itself, tables of pages and of descriptors, is not seen.
 *
 * A sample lies between two calls for the time, the first of which follows two others at once (tests/bench/program/samples.h).
 * A stay in the kernel that gave the time counts for nothing. Samples without any stay are passed over, and such as touch
 * memory more than TOUCHES_MAX times.
 *
 * The environment says in TOUCHED_CLOCK, in decimal digits, the address of the system call that gives the time; TOUCHED_TO
 * names the file. Each sample adds a line: instructions, loads, stores, roots, flushes, lines, those that were stored to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/safe.h"
#include "lib/base/span.h"
#include "tests/bench/plugins/qemu.h"

enum : u32 { TOUCHES_MAX = 1 << 18, LINE_BYTES = 64 };

enum kind : u32 { KIND_ROOT, KIND_FLUSH, KINDS };

/* An instruction by its first four bytes, the first the lowest. */
struct pattern { enum kind kind; u32 mask, value; };

enum : u32 { PATTERNS_MAX = 6 };

struct machine { const char *name; struct pattern patterns[PATTERNS_MAX]; };

/* SPEC: Intel SDM 2, MOV to control registers, INVLPG, INVPCID; Arm ARM, C5.5 TLBI, D17.2 TTBR0_EL1;
 * RISC-V privileged 12.1.11 satp, 12.2.1 SFENCE.VMA. */
static const struct machine machines[] = {
	{ "x86_64", {
		{ KIND_ROOT, 0x0038ffff, 0x0018220f },  /* mov r, cr3; then with a prefix */
		{ KIND_ROOT, 0x38fffff0, 0x18220f40 },
		{ KIND_FLUSH, 0x00f8ffff, 0x0038010f }, /* invlpg (r) */
		{ KIND_FLUSH, 0xf8fffff0, 0x38010f40 },
		{ KIND_FLUSH, 0xffffffff, 0x82380f66 }, /* invpcid */
	} },
	{ "aarch64", { { KIND_ROOT, 0xffffffe0, 0xd5182000 }, { KIND_FLUSH, 0xfffff000, 0xd5088000 } } },
	{ "riscv64", { { KIND_ROOT, 0xfff0707f, 0x18001073 }, { KIND_FLUSH, 0xfe007fff, 0x12000073 } } },
};

struct counts { u64 instructions, loads, stores, of_kind[KINDS], touches; };

int qemu_plugin_version = PLUGIN_VERSION;

static const struct machine *machine;
static u64 clock_at;
static FILE *to;

/* Of the sample, with the stay that is under way and without. */
static struct counts now, before;
/* What was touched in it: the line, times two, and one if it was stored to. */
static u64 touches[TOUCHES_MAX];
static u32 clocks; /* in a row, up to the stay under way */
static bool in_kernel, gave_time, in_sample;

/* ---- while the guest runs ---- */

static int order(const void *a, const void *b)
{
	const u64 *one = a, *other = b;

	return *one < *other ? -1 : *one > *other ? 1 : 0;
}

static void write_down(void)
{
	u64 lines = 0, stored = 0;

	qsort(touches, now.touches, sizeof(u64), order);
	for (usize i = 0; i < now.touches; i++) {
		u64 line = *ELEM(touches, i) / 2;

		if (i + 1 < now.touches && *ELEM(touches, i + 1) / 2 == line)
			continue; /* the last of a line tells whether any stored */
		lines++;
		stored += *ELEM(touches, i) % 2;
	}
	(void)fprintf(to, "%lu %lu %lu %lu %lu %lu %lu\n", now.instructions, now.loads, now.stores, now.of_kind[KIND_ROOT],
		now.of_kind[KIND_FLUSH], lines, stored);
	(void)fflush(to);
}

static void end_stay(void)
{
	if (gave_time) {
		now = before;
		if (in_sample && now.instructions != 0 && now.touches < TOUCHES_MAX)
			write_down();
		in_sample = clocks >= 2;
		now = (struct counts){};
	}
	clocks = gave_time ? clocks + 1 : 0;
	gave_time = in_kernel = false;
	before = now;
}

static void in_program(u32 processor, void *unused)
{
	(void)processor;
	(void)unused;
	if (in_kernel)
		end_stay();
}

static void executed(u32 processor, void *unused)
{
	(void)processor;
	(void)unused;
	in_kernel = true;
	now.instructions++;
}

static void clock_executed(u32 processor, void *unused)
{
	(void)processor;
	(void)unused;
	gave_time = true;
}

static void kind_executed(u32 processor, void *counter)
{
	u64 *count = counter;

	(void)processor;
	(*count)++;
}

static void touched(u32 processor, u32 access, u64 address, void *unused)
{
	bool store = qemu_plugin_mem_is_store(access);
	u64 at = qemu_plugin_hwaddr_phys_addr(qemu_plugin_get_hwaddr(access, address));

	(void)processor;
	(void)unused;
	now.loads += store ? 0 : 1;
	now.stores += store ? 1 : 0;
	if (now.touches < TOUCHES_MAX)
		*ELEM(touches, now.touches++) = at / LINE_BYTES * 2 + (store ? 1 : 0);
}

/* ---- as blocks are translated ---- */

static const struct pattern *kind_of(const struct qemu_plugin_insn *instruction)
{
	u32 bytes = 0;

	memcpy(&bytes, qemu_plugin_insn_data(instruction), min_u64(sizeof(bytes), qemu_plugin_insn_size(instruction)));
	for (usize i = 0; i < PATTERNS_MAX; i++) {
		const struct pattern *each = ELEM(machine->patterns, i);

		if (each->mask != 0 && (bytes & each->mask) == each->value)
			return each;
	}
	return nullptr;
}

static bool is_program(u64 address) { return address >> 63 == 0; }

static void watch(struct qemu_plugin_insn *instruction)
{
	const struct pattern *pattern = kind_of(instruction);

	qemu_plugin_register_vcpu_insn_exec_cb(instruction, executed, NO_REGISTERS, nullptr);
	qemu_plugin_register_vcpu_mem_cb(instruction, touched, NO_REGISTERS, MEMORY_BOTH, nullptr);
	if (pattern != nullptr)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, kind_executed, NO_REGISTERS,
			ELEM(now.of_kind, pattern->kind));
	if (qemu_plugin_insn_vaddr(instruction) == clock_at)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, clock_executed, NO_REGISTERS, nullptr);
}

static void translate(u64 id, struct qemu_plugin_tb *block)
{
	usize length = qemu_plugin_tb_n_insns(block);

	(void)id;
	if (is_program(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(block, 0)))) {
		qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(block, 0), in_program, NO_REGISTERS, nullptr);
		return; /* and so is the rest of the block */
	}
	for (usize i = 0; i < length; i++)
		watch(qemu_plugin_tb_get_insn(block, i));
}

/* ---- before ---- */

static const struct machine *machine_of(const char *name)
{
	for (usize i = 0; i < ARRAY_LEN(machines); i++)
		if (strcmp(ELEM(machines, i)->name, name) == 0)
			return ELEM(machines, i);
	return nullptr;
}

int qemu_plugin_install(u64 id, const struct qemu_info_t *info, int argc, void *argv)
{
	const char *address = getenv("TOUCHED_CLOCK"), *path = getenv("TOUCHED_TO");

	(void)argc;
	(void)argv;
	machine = machine_of(info->target_name);
	if (machine == nullptr || address == nullptr || path == nullptr || !span_parse_u64(span_of_cstr(address), &clock_at)) {
		(void)fputs("touched: expected an address in TOUCHED_CLOCK, a file's name in TOUCHED_TO, and a machine that is known\n",
			stderr);
		return 1;
	}
	to = fopen(path, "w");
	if (to == nullptr) {
		perror("touched: the file named by TOUCHED_TO");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
