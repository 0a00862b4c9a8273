/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and running programs. See program.h.
 */
#include "tests/model/program.h"

#include "abi/names.h"
#include "tests/host/kernel/report.h"
#include "tests/model/machine.h"

enum : u8 { TIME_PASSES = 0xff };

/* How often each call is made, by repetition. */
static const u8 calls[] = {
	SYSCALL_CALL, SYSCALL_CALL, SYSCALL_CALL, SYSCALL_CALL, SYSCALL_SEND, SYSCALL_SEND, SYSCALL_SEND,
	SYSCALL_RECEIVE, SYSCALL_RECEIVE, SYSCALL_RECEIVE, SYSCALL_RECEIVE, SYSCALL_RECEIVE, SYSCALL_REPLY,
	SYSCALL_REPLY, SYSCALL_REPLY_RECEIVE, SYSCALL_REPLY_RECEIVE, SYSCALL_REPLY_RECEIVE, SYSCALL_CAP_DERIVE, SYSCALL_CAP_DERIVE,
	SYSCALL_CAP_DERIVE, SYSCALL_CAP_GRANT, SYSCALL_CAP_GRANT, SYSCALL_CAP_GRANT, SYSCALL_CAP_REVOKE,
	SYSCALL_CAP_DROP, SYSCALL_CAP_DROP, SYSCALL_ENDPOINT_CREATE, SYSCALL_ENDPOINT_CREATE, SYSCALL_REPLY_CREATE,
	SYSCALL_REPLY_CREATE, SYSCALL_SIGNAL_CREATE, SYSCALL_SIGNAL_RAISE, SYSCALL_SIGNAL_RAISE, SYSCALL_SIGNAL_WAIT,
	SYSCALL_SIGNAL_WAIT, SYSCALL_ENDPOINT_BIND, SYSCALL_ENDPOINT_WATCH_BADGE, SYSCALL_THREAD_SUSPEND,
	SYSCALL_THREAD_RESUME, SYSCALL_THREAD_RESUME, SYSCALL_THREAD_CANCEL, SYSCALL_YIELD, TIME_PASSES, TIME_PASSES,
};
static const u8 deadly[] = { SYSCALL_THREAD_KILL, SYSCALL_THREAD_EXIT, SYSCALL_PROCESS_KILL };

/* What was done at each place, for the description. */
static struct done {
	u32 thread;
	struct request request;
} done[PROGRAM_MAX];

void program_random(struct program *program, u64 seed)
{
	u64 random = seed * 0x9e3779b97f4a7c15ull + 12345;

	program->count = PROGRAM_MAX;
	for (u32 i = 0; i < PROGRAM_MAX; i++) {
		u64 more = next_random(&random), call = next_random(&random);
		bool ends = next_random(&random) % 100 == 0;

		*ELEM(program->at, i) = (struct operation){
			.call = ends ? *ELEM(deadly, call % ARRAY_LEN(deadly)) : *ELEM(calls, call % ARRAY_LEN(calls)),
			.a = (u8)more, .b = (u8)(more >> 8), .c = (u8)(more >> 16), .d = (u8)next_random(&random) };
	}
}

/* ---- from numbers to a system call ---- */

/* A capability of the type if there is one; one of 16 times any number. */
static u32 choose(u32 process, enum object_type type, u8 number)
{
	const struct holdings *space = ELEM(model.space, process);
	u32 fitting = 0;

	if (number >= 240)
		return number % 3 == 0 ? 0 : number;
	for (u32 i = 0; i < CAPS_MAX; i++)
		fitting += space->cap[i].used && (type == OBJECT_NONE || ELEM(model.object, space->cap[i].object)->type == type);
	u32 wanted = fitting != 0 ? number % fitting : 0;

	for (u32 i = 0; i < CAPS_MAX; i++) {
		const struct held *cap = ELEM(space->cap, i);

		if (!cap->used || (type != OBJECT_NONE && ELEM(model.object, cap->object)->type != type))
			continue;
		if (wanted == 0)
			return cap->handle;
		wanted--;
	}
	return 0;
}

/* What is worth handing on and deriving: mostly endpoints, reply objects and signals. */
static u32 choose_goods(u32 process, u8 number)
{
	enum object_type types[] = { OBJECT_ENDPOINT, OBJECT_ENDPOINT, OBJECT_ENDPOINT, OBJECT_REPLY, OBJECT_SIGNAL, OBJECT_NONE };

	return choose(process, *ELEM(types, number % ARRAY_LEN(types)), (u8)(number / 4));
}

static u64 deadline_of(u8 number)
{
	if (number % 2 == 0)
		return U64_MAX;
	return number % 4 == 1 ? 0 : model.now + number * 1000ull;
}

static u32 rights_of(u8 number) { return number % 3 != 0 ? ALL_RIGHTS : (u32)number << 2 | (number % 5); }

static void fill_message(struct request *r, u32 process, const struct operation *o)
{
	u32 caps = o->c % 4 == 3 ? 1 + o->c / 4 % SENT_CAPS : 0, words = o->c == 255 ? 65 : o->c % (WORDS + 1);

	r->info = msg_info_make(o->d, words, caps, 0, 0);
	r->deadline = deadline_of(o->b);
	for (u32 i = 0; i < WORDS; i++)
		r->word[i] = o->d * 256u + i;
	for (u32 i = 0; i < SENT_CAPS; i++) {
		r->cap[i] = choose_goods(process, (u8)(o->d + i * (o->b & 1)));
		r->keep[i] = o->b % 3 == 0 ? MOVE | 0xffff : rights_of((u8)(o->a + i));
	}
}

static struct request request_of(u32 process, const struct operation *o)
{
	struct request r = { .number = o->call };

	switch (o->call) {
	case SYSCALL_CALL: case SYSCALL_SEND: case SYSCALL_RECEIVE: case SYSCALL_REPLY: case SYSCALL_REPLY_RECEIVE:
		r.handle = choose(process, OBJECT_ENDPOINT, o->a);
		r.second = choose(process, OBJECT_REPLY, (u8)(o->a / 3 + o->b % 7));
		fill_message(&r, process, o);
		break;
	case SYSCALL_CAP_DERIVE:
		r.handle = choose_goods(process, o->a);
		r.at[0] = rights_of(o->b);
		r.at[1] = o->c % 2 == 0 ? 0 : o->c;
		break;
	case SYSCALL_CAP_GRANT:
		r.handle = choose(process, OBJECT_PROCESS, o->a);
		r.second = choose_goods(process, o->b);
		r.at[0] = rights_of(o->c);
		break;
	case SYSCALL_CAP_REVOKE: case SYSCALL_CAP_DROP:
		r.handle = choose_goods(process, o->a);
		break;
	case SYSCALL_ENDPOINT_CREATE: case SYSCALL_REPLY_CREATE: case SYSCALL_SIGNAL_CREATE:
		r.handle = choose(process, OBJECT_GROUP, o->a);
		r.at[0] = o->b % 4 == 0 ? o->c % 3 : 0;
		break;
	case SYSCALL_SIGNAL_RAISE: case SYSCALL_SIGNAL_WAIT:
		r.handle = choose(process, OBJECT_SIGNAL, o->a);
		r.at[0] = o->b % 16;
		r.deadline = deadline_of(o->c);
		break;
	case SYSCALL_ENDPOINT_BIND:
		r.handle = choose(process, OBJECT_ENDPOINT, o->a);
		r.second = choose(process, OBJECT_SIGNAL, o->b);
		r.at[0] = o->c % 16;
		break;
	case SYSCALL_ENDPOINT_WATCH_BADGE:
		r.handle = choose(process, OBJECT_ENDPOINT, o->a);
		break;
	case SYSCALL_PROCESS_KILL:
		r.handle = choose(process, OBJECT_PROCESS, o->a);
		break;
	default:
		r.handle = choose(process, OBJECT_THREAD, o->a);
		break;
	}
	return r;
}

/* ---- running ---- */

/* One thread never waits and never ends, so that somebody always runs. */
static void keep_tireless(struct request *r)
{
	if (model.running != TIRELESS)
		return;
	r->deadline = 0;
	if (r->number == SYSCALL_THREAD_EXIT)
		r->number = SYSCALL_YIELD;
}

static bool step(const struct operation *o, struct done *note)
{
	*note = (struct done){ .thread = NONE };
	if (o->call == TIME_PASSES)
		return machine_time(1 + o->a * 2000ull);
	if (model.running == NONE)
		return true;
	note->thread = model.running;
	struct runner *running = ELEM(model.thread, model.running);

	note->request = running->again ? running->wait : request_of(running->process, o);
	running->again = false;
	keep_tireless(&note->request);
	return machine_call(&note->request);
}

bool program_run(const struct program *program, u64 *steps)
{
	bool same = true; /* what the model had no room for, it cannot know */

	machine_begin();
	for (u32 i = 0; i < program->count && same && !model.full; i++) {
		same = step(ELEM(program->at, i), ELEM(done, i));
		++*steps;
	}
	if (!same && !model.full)
		return false; /* as it is, so that it can be looked at */
	machine_end();
	return !report_failing();
}

void program_describe(const struct program *program, u32 place, struct text *text)
{
	const struct done *was = ELEM(done, place);
	const struct request *r = &was->request;

	if (program->at[place].call == TIME_PASSES) {
		text_add(text, "time passes");
		return;
	}
	text_add(text, "thread ");
	text_add_u64(text, was->thread);
	text_add(text, ": ");
	text_add_cstr(text, syscall_name(r->number));
	u64 shown[] = { r->handle, r->second, r->at[0], r->at[1], r->info, r->deadline, r->cap[0], r->cap[1], r->keep[0],
		r->keep[1] };

	for (u32 i = 0; i < ARRAY_LEN(shown); i++) {
		text_add(text, " ");
		text_add_hex(text, *ELEM(shown, i));
	}
}
