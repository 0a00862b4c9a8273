/* SPDX-License-Identifier: Apache-2.0
 *
 * Boots with every amount of memory, a frame more each time, until the first process runs: each before
 * ends in words and with the machine off. A kernel boots once in the life of a program, so each boot
 * is a process of its own. The amounts are set with the command line's mem=, which is tested along.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/structs.h"
#include "abi/syscalls.h"
#include "kernel/boot/limit.h"
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/pool.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/raw/cpu_memory.h"
#include "kernel/raw/frame_access.h"
#include "lib/base/text.h"
#include "tests/host/fake_hal/machine.h"

enum : u32 { CPUS = 2, FRAMES_MAX = 1000, FRAMES_AFTER = 40 };

/* How the child's boot ended. */
enum end : int { END_RUNS = 10, END_REFUSED, END_WRONG_WORDS, END_WRONG_STATE };

static u32 passed, failed;
static struct boot_info info;

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)putchar(span_u8(text, i));
	(void)fflush(stdout);
}

static void expect(bool ok, const char *what, u64 frames)
{
	TEXT_BUFFER(line, 200);

	if (ok) {
		passed++;
		return;
	}
	failed++;
	text_add(&line, "FAILED ");
	text_add_cstr(&line, what);
	text_add(&line, ", frames: ");
	text_add_u64(&line, frames);
	text_add(&line, "\n");
	print(text_span(&line));
}

/* ---- in the child ---- */

static bool said(const char *words)
{
	struct span console = fake_console();

	return span_find_text(console, span_of_cstr(words)) != span_len(console);
}

NORETURN static void end(enum end how)
{
	if (how != END_RUNS && how != END_REFUSED)
		print(fake_console());
	_exit(how);
}

static void end_for_lack_of_memory(void)
{
	bool words = said("ferrous: no memory for ") && said(" KiB asked, ") && said(" KiB free of ");

	end(words && said("the system cannot go on; turning the machine off") && !said("PANIC") ? END_REFUSED : END_WRONG_WORDS);
}

static void boot_with(struct span command_line)
{
	fake_power_on(FAKE_MEMORY_BYTES);
	fake_write_image();
	fake_boot_info(&info);
	mspan_set_text(MSPAN_OF_ARRAY(info.command_line), command_line);
	fake_start(&info, CPUS);
}

/* Frames that were taken at boot, outside of any account, are those of the kernel's own tables, maps, processors
 * and rings: nothing was lost on the way. */
static bool nothing_lost(const struct process *init)
{
	u64 accounted = frame_available() + pool_bytes() / PAGE_BYTES + group_use(init->object.group, GROUP_FRAMES);
	u64 own = frame_total() - accounted, rings = (u64)CPUS << TRACE_RING_ORDER, cpus = (u64)(CPUS - 1) << CPU_FRAME_ORDER;

	return accounted <= frame_total() && own >= rings + cpus + 4 && own <= rings + cpus + 4 + 8;
}

static void boot_with_frames(u64 frames)
{
	TEXT_BUFFER(line, 32);

	text_add(&line, "mem=");
	text_add_u64(&line, frames * 4);
	text_add(&line, "K");
	fake_at_power_off(end_for_lack_of_memory);
	boot_with(text_span(&line));
	const struct thread *thread = cpu_at(0)->current;

	if (thread == nullptr || frame_total() != frames || !nothing_lost(thread->process))
		end(END_WRONG_STATE);
	for (u32 place = 0; place < INIT_HANDLE_COUNT; place++)
		if (*ELEM(thread->buffer->word, place) == 0 && (FERROUS_COVER || place != INIT_HANDLE_COVERAGE))
			end(END_WRONG_STATE);
	end(END_RUNS);
}

static void end_of_init_by_fault(void)
{
	end(said("ferrous: init ended: FAULTED OUT_OF_MEMORY; 0 KiB free of ") ? END_REFUSED : END_WRONG_WORDS);
}

/* Everything is taken, then init touches a page of its stack for the first time. */
static void init_faults_for_want_of_memory(u64 frames)
{
	(void)frames;
	fake_at_power_off(end_of_init_by_fault);
	boot_with(span_text(""));
	while (frame_alloc_zeroed().ok)
		;
	for (u32 cpu = 0; cpu < CPUS; cpu++)
		cpu_at(cpu)->frame_count = 0;
	fake_fault(0, FAULT_KIND_WRITE, cpu_at(0)->current->frame.sp - FAKE_STACK_BYTES);
	end(END_WRONG_STATE);
}

static void end_of_init_by_itself(void)
{
	end(said("the system cannot go on") && !said("init ended") ? END_REFUSED : END_WRONG_WORDS);
}

static void init_exits(u64 frames)
{
	(void)frames;
	fake_at_power_off(end_of_init_by_itself);
	boot_with(span_text(""));
	cpu_at(0)->current->frame.status = SYSCALL_EXIT;
	fake_syscall(0);
	end(END_WRONG_STATE);
}

static void end_for_the_command_line(void)
{
	end(said("`mem=64Q' on the command line is not a size of memory") ? END_REFUSED : END_WRONG_WORDS);
}

static void boot_with_a_bad_word(u64 frames)
{
	(void)frames;
	fake_at_power_off(end_for_the_command_line);
	boot_with(span_text("mem=8M mem=64Q quiet"));
	end(END_WRONG_STATE);
}

/* ---- in the parent ---- */

/* The exit status of a child that does it; -1 if it was ended by a signal. */
static int in_child(void (*what)(u64 frames), u64 frames)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		what(frames);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void every_amount_of_memory_boots_or_is_refused_in_words(void)
{
	u64 runs_with = 0;

	for (u64 frames = 1; frames <= FRAMES_MAX && (runs_with == 0 || frames < runs_with + FRAMES_AFTER); frames++) {
		int how = in_child(boot_with_frames, frames);

		if (runs_with == 0 && how == END_RUNS)
			runs_with = frames;
		expect(how == (runs_with == 0 ? END_REFUSED : END_RUNS), "a boot ends in words, or with all that belongs to it", frames);
	}
	expect(runs_with > 50 && runs_with < FRAMES_MAX, "a few hundred frames suffice", runs_with);
}

/* What is left usable under a limit; U64_MAX if the command line is refused. */
static u64 usable_under(struct span command_line)
{
	u64 bytes = 0;

	fake_boot_info(&info);
	mspan_set_text(MSPAN_OF_ARRAY(info.command_line), command_line);
	if (boot_info_check(&info) != BOOT_GOOD)
		return 0;
	bool good = boot_limit_apply(&info);

	for (u32 i = 0; i < info.region_count; i++)
		if (info.region[i].kind == BOOT_MEMORY_USABLE || info.region[i].kind == BOOT_MEMORY_LOADER)
			bytes += info.region[i].bytes;
	return good && boot_info_check(&info) == BOOT_GOOD ? bytes : U64_MAX;
}

static void limits_are_kept_to_the_page(void)
{
	u64 all = FAKE_MEMORY_BYTES - (4ull << 20);

	fake_power_on(FAKE_MEMORY_BYTES);
	expect(usable_under(span_text("quiet")) == all, "no limit", 0);
	expect(usable_under(span_text("mem=4K")) == 4096, "one page", 0);
	expect(usable_under(span_text("mem=8191")) == 4096, "bytes are rounded down", 0);
	expect(usable_under(span_text("a mem=3M b")) == 3ull << 20, "between words", 0);
	expect(usable_under(span_text("mem=5M mem=3M mem=4M")) == 3ull << 20, "the smallest counts", 0);
	expect(usable_under(span_text("mem=59M")) == 59ull << 20, "the second region is cut", 0);
	expect(usable_under(span_text("mem=100G")) == all, "more than there is", 0);
	expect(usable_under(span_text("xmem=4K memo=4K mem")) == all, "other words", 0);
}

static void what_is_no_size_is_refused(void)
{
	expect(usable_under(span_text("mem=")) == U64_MAX, "empty", 0);
	expect(usable_under(span_text("mem=M")) == U64_MAX, "only a unit", 0);
	expect(usable_under(span_text("mem=0")) == U64_MAX, "nothing", 0);
	expect(usable_under(span_text("mem=4095")) == U64_MAX, "less than a page", 0);
	expect(usable_under(span_text("mem=-1M")) == U64_MAX, "negative", 0);
	expect(usable_under(span_text("mem=1MM")) == U64_MAX, "two units", 0);
	expect(usable_under(span_text("mem=0x100000")) == U64_MAX, "hexadecimal", 0);
	expect(usable_under(span_text("mem=18446744073709551616")) == U64_MAX, "2 to the 64th", 0);
	expect(usable_under(span_text("mem=17179869184G")) == U64_MAX, "2 to the 64th with a unit", 0);
	expect(usable_under(span_text("mem=4M mem=junk")) == U64_MAX, "a good one before", 0);
}

int main(void)
{
	TEXT_BUFFER(line, 64);

	every_amount_of_memory_boots_or_is_refused_in_words();
	expect(in_child(init_faults_for_want_of_memory, 0) == END_REFUSED, "init that runs out of memory ends the machine", 0);
	expect(in_child(init_exits, 0) == END_REFUSED, "init that exits ends the machine", 0);
	expect(in_child(boot_with_a_bad_word, 0) == END_REFUSED, "a bad limit ends the machine", 0);
	limits_are_kept_to_the_page();
	what_is_no_size_is_refused();
	text_add_u64(&line, passed);
	text_add(&line, " passed, ");
	text_add_u64(&line, failed);
	text_add(&line, " failed\n");
	print(text_span(&line));
	return failed == 0 ? 0 : 1;
}
