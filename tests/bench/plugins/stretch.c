/* SPDX-License-Identifier: Apache-2.0
 *
 * A plugin of QEMU's emulator: for how many instructions a processor keeps an interrupt waiting at most.
 *
 * The kernel runs with interrupts off. A stretch begins where it is entered or looks for a pending interrupt, and ends
 * where it looks again or runs a program: who becomes due meanwhile waits for the rest of it. It is named after the first
 * function since its entry that is marked as a name, or the entry. Instructions that only wait for another processor, at a
 * lock or for its answer, are counted apart: how many there are depends on the host.
 *
 * The environment variable STRETCH_MARKS names a file of lines `KIND FIRST LAST', decimal: addresses from FIRST to before LAST
 * are of that kind, one of enum mark_kind. STRETCH_TO names the file that is written in the end, a line for each entry and
 * name: its FIRST, the longest stretch, the instructions that waited in that one, the most that waited in any.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/safe.h"
#include "lib/base/span.h"
#include "tests/bench/plugins/qemu.h"

enum : u32 { MARKS_MAX = 1024, FILE_BYTES = 1 << 16 };

enum mark_kind : u64 { MARK_ENTRY, MARK_LOOK, MARK_WAIT, MARK_NAME, MARK_KINDS };

struct longest { u64 work, waited, most_waited; };

struct mark {
	enum mark_kind kind;
	u64 first, last;
	struct longest longest[PROCESSORS_MAX];
};

/* Of one processor; changed by its thread only, on cache lines of its own. */
struct stretch {
	alignas(64) u64 work, waited;
	struct mark *name; /* its entry at first; none in programs and before they begin */
};

int qemu_plugin_version = PLUGIN_VERSION;

static struct mark marks[MARKS_MAX];
static usize marked;
static struct stretch stretches[PROCESSORS_MAX];
static FILE *to;

/* ---- while the guest runs ---- */

static void end(u32 processor)
{
	struct stretch *now = ELEM(stretches, processor);

	if (now->name != nullptr) {
		struct longest *longest = ELEM(now->name->longest, processor);

		if (now->work > longest->work)
			*longest = (struct longest){ now->work, now->waited, longest->most_waited };
		longest->most_waited = max_u64(longest->most_waited, now->waited);
	}
	now->work = now->waited = 0;
}

static void in_program(u32 processor, void *unused)
{
	(void)unused;
	end(processor);
	ELEM(stretches, processor)->name = nullptr;
}

static void worked(u32 processor, void *unused)
{
	(void)unused;
	ELEM(stretches, processor)->work++;
}

static void waited(u32 processor, void *unused)
{
	(void)unused;
	ELEM(stretches, processor)->waited++;
}

static void entered(u32 processor, void *mark)
{
	end(processor);
	ELEM(stretches, processor)->name = mark;
	worked(processor, nullptr);
}

static void looked(u32 processor, void *unused)
{
	end(processor);
	worked(processor, unused);
}

static void named(u32 processor, void *mark)
{
	struct stretch *now = ELEM(stretches, processor);

	if (now->name != nullptr && now->name->kind == MARK_ENTRY)
		now->name = mark;
	worked(processor, nullptr);
}

/* ---- as blocks are translated ---- */

static struct mark *mark_at(u64 address)
{
	for (usize i = 0; i < marked; i++)
		if (address >= ELEM(marks, i)->first && address < ELEM(marks, i)->last)
			return ELEM(marks, i);
	return nullptr;
}

static plugin_executed *call_for(const struct mark *mark)
{
	static plugin_executed *const calls[MARK_KINDS] = {
		[MARK_ENTRY] = entered, [MARK_LOOK] = looked, [MARK_WAIT] = waited, [MARK_NAME] = named,
	};

	return mark != nullptr ? *ELEM(calls, mark->kind) : worked;
}

static bool is_program(u64 address) { return address >> 63 == 0; }

static void translate(u64 id, struct qemu_plugin_tb *block)
{
	usize length = qemu_plugin_tb_n_insns(block);

	(void)id;
	for (usize i = 0; i < length; i++) {
		struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
		u64 address = qemu_plugin_insn_vaddr(instruction);

		struct mark *mark = mark_at(address);

		if (mark == nullptr && is_program(address)) {
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, in_program, NO_REGISTERS, nullptr);
			return; /* and so is the rest of the block */
		}
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, call_for(mark), NO_REGISTERS, mark);
	}
}

/* ---- before and after ---- */

static bool read_mark(struct span line, struct mark *mark)
{
	struct span kind = span_split(&line, ' '), first = span_split(&line, ' ');
	u64 number = 0;

	*mark = (struct mark){};
	if (!span_parse_u64(kind, &number) || number >= MARK_KINDS)
		return false;
	mark->kind = (enum mark_kind)number;
	return span_parse_u64(first, &mark->first) && span_parse_u64(line, &mark->last);
}

static bool read_marks(const char *path)
{
	static u8 bytes[FILE_BYTES];
	FILE *file = fopen(path, "r");

	if (file == nullptr)
		return false;
	usize length = fread(bytes, 1, sizeof(bytes), file);
	bool whole = length < sizeof(bytes) && fclose(file) == 0;
	struct span rest = span_first(SPAN_OF_ARRAY(bytes), length);

	while (whole && span_len(rest) != 0) {
		whole = marked < MARKS_MAX && read_mark(span_split(&rest, '\n'), ELEM(marks, marked));
		marked += whole ? 1 : 0;
	}
	return whole;
}

static struct longest of_all(const struct mark *mark)
{
	struct longest all = {};

	for (u32 i = 0; i < PROCESSORS_MAX; i++) {
		const struct longest *each = ELEM(mark->longest, i);
		u64 most = max_u64(all.most_waited, each->most_waited);

		if (each->work > all.work)
			all = *each;
		all.most_waited = most;
	}
	return all;
}

static void write_down(u64 id, void *unused)
{
	(void)id;
	(void)unused;
	for (usize i = 0; i < marked; i++) {
		const struct mark *mark = ELEM(marks, i);
		struct longest all = of_all(mark);

		if (all.work != 0)
			(void)fprintf(to, "%lu %lu %lu %lu\n", mark->first, all.work, all.waited, all.most_waited);
	}
	(void)fclose(to);
}

int qemu_plugin_install(u64 id, const struct qemu_info_t *info, int argc, void *argv)
{
	const char *from = getenv("STRETCH_MARKS"), *path = getenv("STRETCH_TO");

	(void)info;
	(void)argc;
	(void)argv;
	if (from == nullptr || path == nullptr || !read_marks(from)) {
		(void)fputs("stretch: expected a file of lines `KIND FIRST LAST' in STRETCH_MARKS and a file's name in STRETCH_TO\n",
			stderr);
		return 1;
	}
	to = fopen(path, "w");
	if (to == nullptr) {
		perror("stretch: the file named by STRETCH_TO");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, write_down, nullptr);
	return 0;
}
