/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults put into running programs. See inject.h.
 */
#include "userspace/services/loader/inject.h"
#include "userspace/services/loader/branch.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u32 { OPEN_MAX = 32, NAME_BYTES = 32 };
enum : u64 { ADDRESS_LEAST = 1 << 16, ADDRESS_MOST = 1ull << 47 };

/* The last process of a name. */
struct open_program {
	u64 process;
	char name[NAME_BYTES];
	struct load_open memory;
};

static struct open_program programs[OPEN_MAX];
static struct load_open loading;
static u32 next_program;
static bool allowed;

void inject_allow(handle_t code)
{
	loading.code = code;
	allowed = true;
}

struct load_open *inject_open(void) { return allowed ? &loading : nullptr; }

static void drop(handle_t handle)
{
	if (!handle_is_none(handle))
		sys_cap_drop(handle);
}

/* The place of its name, or the oldest. */
static struct open_program *place_of(struct span name)
{
	for (u32 i = 0; i < OPEN_MAX; i++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(programs, i)->name)), name))
			return ELEM(programs, i);
	}
	next_program = (next_program + 1) % OPEN_MAX;
	return ELEM(programs, next_program);
}

void inject_loaded(u64 process, struct span name)
{
	if (!allowed)
		return;
	struct open_program *program = place_of(name);

	drop(program->memory.text);
	drop(program->memory.data);
	*program = (struct open_program){ .process = process, .memory = loading };
	mspan_set_text(MSPAN_OF_ARRAY(program->name), span_first(name, NAME_BYTES - 1));
	loading.text = loading.data = handle_none();
}

/* ---- the faults ---- */

static void flip(struct mspan bytes, u64 random, u64 place)
{
	mspan_put_u8(bytes, place, span_u8(span_of(bytes), place) ^ (u8)(1u << (random >> 61)));
}

static enum status change_text(struct mspan text, u64 random, u64 *place)
{
	*place = (u32)random % mspan_len(text);
	flip(text, random, *place);
	return STATUS_OK;
}

/* The first byte from a place on that is not zero. WHY: most of the others were never written. */
static enum status change_data(struct mspan data, u64 random, u64 *place)
{
	usize length = mspan_len(data);

	for (usize i = 0; i < length; i++) {
		*place = ((u32)random + i) % length;
		if (span_u8(span_of(data), *place) == 0)
			continue;
		flip(data, random, *place);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

/* The first branch from a place on. */
static enum status change_branch(struct mspan text, bool loop, u64 random, u64 *place)
{
	usize length = mspan_len(text);

	for (usize i = 0; i < length; i++) {
		usize at = ((u32)random + i) % length, distance = 0;

		if (!branch_is_at(span_of(text), at, &distance))
			continue;
		*place = at;
		if (loop)
			branch_put_loop(text, at);
		else
			mspan_put_u8(text, distance + 1, span_u8(span_of(text), distance + 1) ^ (u8)(random >> 56 | 1));
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

static enum status change_pointer(struct mspan data, u64 random, u64 *place)
{
	usize words = mspan_len(data) / sizeof(u64);

	for (usize i = 0; i < words; i++) {
		usize at = ((u32)random + i) % words * sizeof(u64);
		u64 value = span_le64(span_of(data), at);

		if (value < ADDRESS_LEAST || value >= ADDRESS_MOST)
			continue;
		*place = at;
		mspan_put_le64(data, at, value ^ (random >> 16 | 8));
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

static enum status change(struct mspan bytes, u64 kind, u64 random, u64 *place)
{
	switch ((enum inject_kind)kind) {
	case INJECT_TEXT_BIT: return change_text(bytes, random, place);
	case INJECT_DATA_BIT: return change_data(bytes, random, place);
	case INJECT_BRANCH:
	case INJECT_LOOP: return change_branch(bytes, kind == INJECT_LOOP, random, place);
	case INJECT_POINTER: return change_pointer(bytes, random, place);
	case INJECT_KIND_COUNT: break;
	}
	return STATUS_INVALID;
}

static enum status change_memory(handle_t memory, u64 kind, u64 random, u64 *place)
{
	struct cap_info info;
	pages_t pages = {};

	if (handle_is_none(memory))
		return STATUS_NOT_FOUND;
	enum status status = sys_cap_inspect(memory, &info);

	/* WHY populate: a page that was never touched cannot be added to what has ended, which is a status then and not a fault. */
	if (status == STATUS_OK)
		status = rt_pages_map(memory, 0, info.count << PAGE_SHIFT, MAP_READ | MAP_WRITE | MAP_POPULATE, &pages);
	if (status == STATUS_OK)
		status = change(rt_pages_mspan(pages), kind, random, place);
	rt_pages_release(pages);
	return status;
}

static const struct open_program *program_of(u64 process)
{
	for (u32 i = 0; i < OPEN_MAX; i++) {
		if (process != 0 && ELEM(programs, i)->process == process)
			return ELEM(programs, i);
	}
	return nullptr;
}

enum status inject(u64 process, u64 kind, u64 random, u64 *place)
{
	if (!allowed)
		return STATUS_UNKNOWN_CALL;
	if (kind >= INJECT_KIND_COUNT)
		return STATUS_INVALID;
	const struct open_program *program = program_of(process);
	bool data = kind == INJECT_DATA_BIT || kind == INJECT_POINTER;

	if (program == nullptr)
		return STATUS_NOT_FOUND;
	return change_memory(data ? program->memory.data : program->memory.text, kind, random, place);
}

enum status inject_text(u64 process, u64 *at)
{
	const struct open_program *program = program_of(process);

	if (!allowed)
		return STATUS_UNKNOWN_CALL;
	if (program == nullptr)
		return STATUS_NOT_FOUND;
	*at = program->memory.text_at;
	return STATUS_OK;
}

enum status inject_hang(void)
{
	if (!allowed)
		return STATUS_UNKNOWN_CALL;
	for (;;)
		sys_yield();
}
