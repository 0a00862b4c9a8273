/* SPDX-License-Identifier: Apache-2.0
 *
 * Mappings of the own process by number.
 */
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"
#include "abi/stubs.h"
#include "abi/structs.h"

struct mapping {
	u64 address; /* 0: the slot is free */
	u64 bytes;
	u32 memory;  /* handle, if the memory object belongs to the mapping */
	u32 protection;
};

static struct mapping mappings[RT_PAGES_MAX];
static u32 search_from;

static u32 free_slot(void)
{
	for (u32 i = 0; i < RT_PAGES_MAX; i++) {
		u32 slot = (search_from + i) % RT_PAGES_MAX;

		if (mappings[slot].address == 0) {
			search_from = slot + 1;
			return slot;
		}
	}
	return RT_PAGES_MAX;
}

enum status rt_pages_map(handle_t memory, u64 offset, u64 bytes, u32 map_flags, pages_t *out)
{
	u32 slot = free_slot();
	u64 address = 0;

	if (slot == RT_PAGES_MAX)
		return STATUS_OUT_OF_OBJECTS;
	enum status status = sys_map(rt_self(), memory, 0, offset, bytes, map_flags, &address);

	if (status != STATUS_OK)
		return status;
	mappings[slot] = (struct mapping){ .address = address, .bytes = bytes, .protection = map_flags };
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
