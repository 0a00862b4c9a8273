/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin of QEMU's emulator: counts the instructions of each of the guest's processors, and writes down what it has
 * counted whenever one of them comes to a certain instruction.
 *
 * The environment says which: COUNT_AT is its address in decimal digits, COUNT_TO names the file. Each time a line is added:
 * who came, then the count of each processor so far. Those of processors that run meanwhile are as found.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/safe.h"
#include "lib/base/span.h"
#include "tests/bench/plugins/qemu.h"

int qemu_plugin_version = PLUGIN_VERSION;

/* A line of the host's cache each, for they are counted at the same time. */
static struct { alignas(64) u64 value; } counted[PROCESSORS_MAX];
static u64 at;
static FILE *to;

static void count(u32 processor, void *unused)
{
	(void)unused;
	if (processor < PROCESSORS_MAX)
		ELEM(counted, processor)->value++;
}

static void write_down(u32 processor, void *unused)
{
	(void)unused;
	flockfile(to);
	(void)fprintf(to, "%u", processor);
	for (u32 i = 0; i < PROCESSORS_MAX; i++)
		(void)fprintf(to, " %lu", __atomic_load_n(&ELEM(counted, i)->value, __ATOMIC_RELAXED));
	(void)fputc('\n', to);
	(void)fflush(to);
	funlockfile(to);
}

static void translate(u64 id, struct qemu_plugin_tb *block)
{
	usize length = qemu_plugin_tb_n_insns(block);

	(void)id;
	for (usize i = 0; i < length; i++) {
		struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);

		qemu_plugin_register_vcpu_insn_exec_cb(instruction, count, NO_REGISTERS, nullptr);
		if (qemu_plugin_insn_vaddr(instruction) == at)
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, write_down, NO_REGISTERS, nullptr);
	}
}

int qemu_plugin_install(u64 id, const struct qemu_info_t *info, int argc, void *argv)
{
	const char *address = getenv("COUNT_AT"), *path = getenv("COUNT_TO");

	(void)info;
	(void)argc;
	(void)argv;
	if (address == nullptr || path == nullptr || !span_parse_u64(span_of_cstr(address), &at)) {
		(void)fputs("count: expected an address in COUNT_AT and the name of a file in COUNT_TO\n", stderr);
		return 1;
	}
	to = fopen(path, "w");
	if (to == nullptr) {
		perror("count: the file named by COUNT_TO");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
