/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on address spaces.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/boot/state.h"
#include "kernel/core/cap/slot.h"
#include "kernel/core/mem/map.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"

static_assert((u32)MAP_READ == HAL_PROT_READ && (u32)MAP_WRITE == HAL_PROT_WRITE && (u32)MAP_EXECUTE == HAL_PROT_EXECUTE);

/* What a mapping asks for, as the architecture's access; 0: it makes no sense. */
static FORCE_INLINE u32 prot_of(u32 flags)
{
	const u32 sense = 1u << MAP_READ | 1u << (MAP_READ | MAP_WRITE) | 1u << (MAP_READ | MAP_EXECUTE);
	u32 prot = flags & (MAP_READ | MAP_WRITE | MAP_EXECUTE);

	return (sense >> prot & 1) != 0 ? prot : 0;
}

static u32 rights_for(u32 prot)
{
	u32 rights = MEMORY_RIGHT_READ;

	rights |= (prot & HAL_PROT_WRITE) != 0 ? MEMORY_RIGHT_WRITE : 0;
	rights |= (prot & HAL_PROT_EXECUTE) != 0 ? MEMORY_RIGHT_EXECUTE : 0;
	return rights;
}

/* Of all physical memory only what a kind is for. WHY here: what firmware says of places goes into capabilities unchecked,
 * but nobody reaches a page other than by mapping it. */
static __attribute__((noinline)) bool is_for(enum memory_kind kind, u64 base, u64 bytes)
{
	return kind == MEMORY_DEVICE ? !boot_info_has_ram(boot_state(), base, bytes)
		: boot_info_is_firmware(boot_state(), base, bytes);
}

static FORCE_INLINE bool may_map(const struct memory *memory, u64 first_page, u64 pages)
{
	return LIKELY(memory->kind != MEMORY_DEVICE && memory->kind != MEMORY_FIRMWARE) ||
		is_for(memory->kind, memory->base.v + (first_page << PAGE_SHIFT), pages << PAGE_SHIFT);
}

/* Maps a part of what the capability names. */
static FORCE_INLINE enum status map_part(struct process *process, const struct cap *cap, struct mapping *mapping)
{
	u64 have = cap_range_count(cap);

	if (UNLIKELY(cap->type != OBJECT_MEMORY))
		return STATUS_WRONG_TYPE;
	if (UNLIKELY((rights_for(mapping->prot) & ~cap->rights) != 0))
		return STATUS_DENIED;
	if (UNLIKELY(mapping->first_page > have || mapping->pages > have - mapping->first_page))
		return STATUS_RANGE;
	mapping->first_page += cap_range_first(cap);
	if (!may_map(cap_as_memory(cap), mapping->first_page, mapping->pages))
		return STATUS_RANGE;
	if (cap_as_memory(cap)->kind == MEMORY_DEVICE)
		mapping->prot |= HAL_PROT_DEVICE;
	return space_map(&process->space, mapping, cap);
}

struct sys_result syscall_map(struct thread *self, struct process *process, handle_t memory, u64 address, u64 offset,
	u64 bytes, u32 protection)
{
	struct cap cap;
	struct mapping mapping = { .at = address, .pages = bytes >> PAGE_SHIFT, .first_page = offset >> PAGE_SHIFT,
		.prot = prot_of(protection), .elsewhere = (protection & MAP_FIXED) == 0 };

	if (UNLIKELY(mapping.prot == 0 || !page_aligned(address | offset | bytes) || bytes == 0))
		return sys_fail(STATUS_INVALID);
	if ((protection & MAP_POPULATE) != 0)
		mapping.populate = min_u64(mapping.pages, SPACE_STEP_PAGES); /* the rest is left to faults */
	enum status status = cap_read_inline(self->process, memory, &cap);

	if (LIKELY(status == STATUS_OK))
		status = map_part(process, &cap, &mapping);
	if (UNLIKELY(status != STATUS_OK))
		return sys_fail(status);
	event_map(process->object.id, mapping.at, bytes, protection);
	return sys_ok(mapping.at);
}

struct sys_result syscall_unmap(struct thread *self, struct process *process, u64 address, u64 bytes)
{
	bool more = false;

	(void)self;
	if (UNLIKELY(!page_aligned(address | bytes)))
		return sys_fail(STATUS_INVALID);
	enum status status = space_unmap(&process->space, address, bytes, &more);

	return more ? sys_again() : sys_status(status);
}

struct sys_result syscall_protect(struct thread *self, struct process *process, u64 address, u64 bytes, u32 protection)
{
	u32 prot = prot_of(protection);
	bool more = false;

	(void)self;
	if (prot == 0 || !page_aligned(address | bytes) || bytes == 0)
		return sys_fail(STATUS_INVALID);
	enum status status = space_protect(&process->space, address, bytes >> PAGE_SHIFT, prot, &more);

	if (more)
		return sys_again();
	if (status == STATUS_OK)
		event_protect(process->object.id, address, bytes, protection);
	return sys_status(status);
}
