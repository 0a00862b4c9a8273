/* SPDX-License-Identifier: Apache-2.0
 *
 * What happened, in words: for a run that failed.
 */
#include <sanitizer/asan_interface.h>
#include <stdio.h>

#include "abi/fuzz_table.h"
#include "abi/names.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/trace/trace.h"
#include "lib/base/text.h"
#include "tests/sim/note.h"
#include "tests/sim/sim.h"

enum : u32 { LAST_EVENTS = 16 };

/* Names from the sanitizers' library: they ask a program how it wants them to be. */
const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0:handle_abort=1:handle_sigill=1:detect_leaks=0:allow_user_segv_handler=0";
}

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)fputc(span_u8(text, i), stdout);
	(void)fflush(stdout);
}

bool sim_telling(void) { return sim.tell_from != 0 && sim.burst >= sim.tell_from; }

void sim_tell(u32 cpu, struct span what, struct span more)
{
	TEXT_BUFFER(text, 320);

	if (!sim_telling())
		return;
	text_add(&text, "  burst ");
	text_add_u64(&text, sim.burst);
	text_add(&text, " cpu ");
	text_add_u64(&text, cpu);
	text_add(&text, ": ");
	text_add_span(&text, what);
	text_add_span(&text, more);
	text_add(&text, "\n");
	print(text_span(&text));
}

static void add_argument(struct text *text, u64 value)
{
	text_add(text, " ");
	text_add_hex(text, value);
}

void sim_tell_call(u32 cpu, const struct hal_frame *frame)
{
	TEXT_BUFFER(text, 240);

	if (!sim_telling())
		return;
	text_add(&text, "thread ");
	text_add_u64(&text, cpu_at(cpu)->current->object.id);
	text_add(&text, " calls ");
	text_add_cstr(&text, frame->status < SYSCALL_COUNT ? syscall_name((u32)frame->status) : "nothing that exists");
	add_argument(&text, frame->arg0);
	add_argument(&text, frame->arg1);
	for (u32 i = 0; i < 4; i++)
		add_argument(&text, frame->word[i]);
	sim_tell(cpu, text_span(&text), span_text(""));
}

static void show_event(const struct event_record *record)
{
	TEXT_BUFFER(text, 240);

	text_add(&text, "    ");
	text_add_u64(&text, record->time_ns);
	text_add(&text, " ns thread ");
	text_add_u64(&text, record->thread);
	text_add(&text, " ");
	text_add_cstr(&text, event_name(record->id));
	for (u32 i = 0; i < ARRAY_LEN(record->field); i++)
		add_argument(&text, record->field[i]);
	text_add(&text, "\n");
	print(text_span(&text));
}

/* The sanitizer has printed the stack of who failed. */
static void on_death(void)
{
	__sanitizer_set_death_callback(nullptr);
	sim_note_write(&(struct sim_note){ .burst = sim.burst });
	if (!sim_telling())
		return;
	for (u32 cpu = 0; cpu < sim.cpus; cpu++) {
		sim_tell(cpu, span_text("its last events:"), span_text(""));
		fake_select(cpu);
		trace_last(LAST_EVENTS, show_event);
	}
}

void sim_story_begin(void) { __sanitizer_set_death_callback(on_death); }
