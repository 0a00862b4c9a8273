/* SPDX-License-Identifier: Apache-2.0
 *
 * What outlives the keeper. See hold.h.
 */
#include "userspace/services/keeper/hold.h"
#include "lib/service/service.h"
#include "lib/safe/safe.h"
#include "abi/stubs.h"
#include "abi/structs.h"

static handle_t *place_of(struct unit *unit, u32 which)
{
	switch (which) {
	case HELD_ENDPOINT: return &unit->endpoint;
	case HELD_SIGNAL: return &unit->signal;
	case HELD_KEPT: return &unit->kept;
	case HELD_MEMORY: return &unit->memory;
	case HELD_VAULT: return &unit->vault;
	case HELD_GROUP: return &unit->group;
	case HELD_PROCESS: return &unit->process;
	default: return ELEM(unit->dma, which - HELD_DMA);
	}
}

/* ---- slots of the safe ---- */

enum : u32 { UNIT_SLOTS = 16, TABLE_SLOT = UNITS_MAX * UNIT_SLOTS };
static_assert(HELD_COUNT <= UNIT_SLOTS && TABLE_SLOT + HELD_TABLES <= SAFE_SLOTS);

static u32 slot_of(const struct unit *unit, u32 which) { return unit_index(unit) * UNIT_SLOTS + which; }

static enum status keep_hold(handle_t *handle, u32 slot, enum status made)
{
	if (made != STATUS_OK)
		return made;
	enum status status = safe_put(slot, *handle);

	if (status == STATUS_OK)
		return STATUS_OK;
	sys_cap_drop(*handle);
	*handle = handle_none();
	return status;
}

static void let_go(handle_t *handle, u32 slot)
{
	if (handle_is_none(*handle))
		return;
	safe_empty(slot);
	sys_cap_drop(*handle);
	*handle = handle_none();
}

/* ---- of a unit ---- */

enum status hold(struct unit *unit, u32 which, enum status made)
{
	return keep_hold(place_of(unit, which), slot_of(unit, which), made);
}

void hold_end(struct unit *unit, u32 which) { let_go(place_of(unit, which), slot_of(unit, which)); }

void hold_find(void)
{
	u32 from = 0, end = units_count() * UNIT_SLOTS;

	for (u32 i = 0; i < units_count(); i++) {
		unit_at(i)->client = unit_at(i)->faults = handle_none(); /* derived anew */
		for (u32 which = 0; which < HELD_COUNT; which++)
			*place_of(unit_at(i), which) = handle_none();
	}
	while (from < end) {
		struct safe_run run = safe_find_run(from, end);

		for (u32 i = 0; i < run.count; i++)
			*place_of(unit_at(*ELEM(run.slot, i) / UNIT_SLOTS), *ELEM(run.slot, i) % UNIT_SLOTS) = *ELEM(run.handle, i);
		from = run.count == SAFE_RUN ? *ELEM(run.slot, SAFE_RUN - 1) + 1 : end;
	}
}

/* ---- memory ---- */

static enum status make_memory(handle_t *memory, u32 slot, u64 bytes)
{
	return keep_hold(memory, slot, sys_memory_create(service_kept_group(), bytes, memory));
}

bool hold_pages_again(struct held_pages *held, enum held_table which, u64 bytes)
{
	if (held->pages.v != 0)
		return true;
	if (handle_is_none(held->memory))
		held->memory = safe_find(TABLE_SLOT + which);
	return !handle_is_none(held->memory) &&
		rt_pages_map(held->memory, 0, bytes, MAP_READ | MAP_WRITE | MAP_POPULATE, &held->pages) == STATUS_OK;
}

bool hold_pages(struct held_pages *held, enum held_table which, u64 bytes)
{
	if (hold_pages_again(held, which, bytes))
		return true;
	return handle_is_none(held->memory) && make_memory(&held->memory, TABLE_SLOT + which, bytes) == STATUS_OK &&
		hold_pages_again(held, which, bytes);
}

void hold_pages_end(struct held_pages *held, enum held_table which)
{
	rt_pages_release(held->pages);
	safe_empty(TABLE_SLOT + which);
	if (!handle_is_none(held->memory))
		sys_cap_drop(held->memory);
	*held = (struct held_pages){};
}
