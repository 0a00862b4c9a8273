/* SPDX-License-Identifier: Apache-2.0
 *
 * Mappings of the own process by number.
 */
#include "lib/rt/memory.h"
#include "lib/rt/place.h"
#include "lib/rt/rt.h"
#include "abi/stubs.h"
#include "abi/structs.h"

struct mapping {
	u64 address; /* 0: the slot is free */
	usize bytes;
	u32 memory;  /* handle, if the memory object belongs to the mapping */
	u32 protection;
};

static struct mapping mappings[RT_PAGES_MAX];
static u64 window; /* where mappings are placed, from here up; 0: not chosen yet */
static u32 slots_used; /* slots from here on were never used */

static u32 free_slot(void)
{
	u32 slot = 0;

	while (slot < RT_PAGES_MAX && mappings[slot].address != 0)
		slot++;
	if (slot == slots_used && slot < RT_PAGES_MAX)
		slots_used++;
	return slot;
}

/* The lowest place in the window that is free, with a page free on both sides. WHY not an address
 * of the kernel's choice: places are used again and again, and so are the page tables behind them. */
static u64 free_place(u64 bytes)
{
	u64 place = window;
	bool moved = true;

	while (moved) {
		moved = false;
		for (u32 i = 0; i < slots_used; i++) {
			const struct mapping *m = ELEM(mappings, i);

			if (m->address == 0 || place >= m->address + m->bytes + PAGE_BYTES || m->address >= place + bytes + PAGE_BYTES)
				continue;
			place = m->address + m->bytes + PAGE_BYTES;
			moved = true;
		}
	}
	return place;
}

static enum status map_in_window(handle_t memory, u64 offset, u64 bytes, u32 map_flags, u64 *address)
{
	enum status status = STATUS_EXISTS;

	if (bytes >= RT_LARGE_BYTES) /* the kernel knows where large pages can be used */
		return sys_map(rt_self(), memory, 0, offset, bytes, map_flags, address);
	for (u32 i = 0; i < PLACE_TRIES && status == STATUS_EXISTS; i++) {
		if (window == 0) {
			status = rt_place_window(&window);
			if (status != STATUS_OK)
				return status;
		}
		status = sys_map(rt_self(), memory, free_place(bytes), offset, bytes, map_flags | MAP_FIXED, address);
		if (status == STATUS_EXISTS)
			window = 0;
	}
	return status;
}

/* WHY: the kernel fills what it can and leaves the rest to faults. A system call that looks at a page brings it in as well,
 * and says what lacks. Whatever the word is, it does not wait. */
static enum status bring_in(u64 address, u64 bytes)
{
	enum status status = STATUS_OK;

	for (u64 at = address; at < address + bytes && status == STATUS_OK; at += PAGE_BYTES) {
		status = sys_wait_word(at, U32_MAX, handle_none(), 0);
		if (status == STATUS_CHANGED || status == STATUS_WOULD_BLOCK)
			status = STATUS_OK;
	}
	return status;
}

enum status rt_pages_map(handle_t memory, u64 offset, u64 bytes, u32 map_flags, pages_t *out)
{
	u32 slot = free_slot();
	u64 address = 0;
	usize size;

	if (slot == RT_PAGES_MAX)
		return STATUS_OUT_OF_OBJECTS;
	if (bytes > RT_PAGES_BYTES_MAX || !usize_of(bytes, &size))
		return STATUS_RANGE;
	enum status status = map_in_window(memory, offset, bytes, map_flags, &address);

	if (status != STATUS_OK)
		return status;
	if ((map_flags & MAP_POPULATE) != 0)
		status = bring_in(address, bytes);
	if (status != STATUS_OK) {
		(void)sys_unmap(rt_self(), address, bytes);
		return status;
	}
	mappings[slot] = (struct mapping){ .address = address, .bytes = size, .protection = map_flags };
	*out = (pages_t){ slot + 1 };
	return STATUS_OK;
}

enum status rt_pages_create(u64 bytes, bool populate, pages_t *out)
{
	handle_t memory;
	enum status status = sys_memory_create(rt_group(), bytes, &memory);

	if (status != STATUS_OK)
		return status;
	status = rt_pages_map(memory, 0, bytes, MAP_READ | MAP_WRITE | (populate ? MAP_POPULATE : 0), out);
	if (status != STATUS_OK) {
		sys_cap_drop(memory);
		return status;
	}
	mappings[out->v - 1].memory = memory.v;
	return STATUS_OK;
}

static const struct mapping *mapping_of(pages_t pages)
{
	INVARIANT(pages.v != 0 && ELEM(mappings, pages.v - 1)->address != 0, "a released mapping is not used");
	return ELEM(mappings, pages.v - 1);
}

struct span rt_pages_span(pages_t pages)
{
	const struct mapping *m = mapping_of(pages);

	INVARIANT((m->protection & MAP_READ) != 0, "only readable memory is read");
UNSAFE_BEGIN("SAFETY: the kernel mapped exactly these bytes and only rt_pages_release unmaps them");
	return (struct span){ (const u8 *)(uptr)m->address, m->bytes };
UNSAFE_END();
}

struct mspan rt_pages_mspan(pages_t pages)
{
	const struct mapping *m = mapping_of(pages);

	INVARIANT((m->protection & MAP_WRITE) != 0, "only writable memory is written");
UNSAFE_BEGIN("SAFETY: the kernel mapped exactly these bytes writable and only rt_pages_release unmaps them");
	return (struct mspan){ (u8 *)(uptr)m->address, m->bytes };
UNSAFE_END();
}

u64 rt_pages_address(pages_t pages)
{
	return mapping_of(pages)->address;
}

handle_t rt_pages_memory(pages_t pages)
{
	return (handle_t){ mapping_of(pages)->memory };
}

void rt_pages_release(pages_t pages)
{
	if (pages.v == 0)
		return;
	struct mapping m = *mapping_of(pages);
	enum status status = sys_unmap(rt_self(), m.address, m.bytes);

	INVARIANT(status == STATUS_OK, "what was mapped can be unmapped");
	if (m.memory != 0)
		sys_cap_drop((handle_t){ m.memory });
	*ELEM(mappings, pages.v - 1) = (struct mapping){};
}
