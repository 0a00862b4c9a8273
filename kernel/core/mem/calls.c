/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on address spaces.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"

/* What a mapping asks for, as the architecture's access; 0: it makes no sense. */
static u32 prot_of(u64 flags)
{
	u32 prot = 0;

	if ((flags & MAP_READ) == 0 || ((flags & MAP_WRITE) != 0 && (flags & MAP_EXECUTE) != 0))
		return 0;
	prot |= HAL_PROT_READ;
	prot |= (flags & MAP_WRITE) != 0 ? HAL_PROT_WRITE : 0;
	prot |= (flags & MAP_EXECUTE) != 0 ? HAL_PROT_EXECUTE : 0;
	return prot;
}

static u32 rights_for(u32 prot)
{
	u32 rights = MEMORY_RIGHT_READ;

	rights |= (prot & HAL_PROT_WRITE) != 0 ? MEMORY_RIGHT_WRITE : 0;
	rights |= (prot & HAL_PROT_EXECUTE) != 0 ? MEMORY_RIGHT_EXECUTE : 0;
	return rights;
}

/* At most one step's worth: the rest is filled by faults. */
static void populate(struct space *space, u64 at, u64 pages)
{
	for (u64 page = 0; page < min_u64(pages, SPACE_STEP_PAGES); page++)
		if (!space_touch(space, at + (page << PAGE_SHIFT), HAL_PROT_READ, true).ok)
			return; /* what is missing is touched later, or faults then */
}

/* Maps a range of a capability that is held; the mapping has references of its own. */
static enum status map_held(struct process *process, const struct cap *cap, u64 *address, u64 first, u64 pages,
	u32 prot, bool fixed)
{
	if (cap->type != OBJECT_MEMORY)
		return STATUS_WRONG_TYPE;
	if ((cap->rights & rights_for(prot)) != rights_for(prot))
		return STATUS_DENIED;
	if (first > cap_range_count(cap) || pages > cap_range_count(cap) - first)
		return STATUS_RANGE;
	struct memory *memory = object_as_memory(cap->object);

	if (memory->kind == MEMORY_DEVICE)
		prot |= HAL_PROT_DEVICE;
	first += cap_range_first(cap);
	enum status status = space_map(&process->space, address, pages, memory, cap->lineage, first, prot);

	if (status != STATUS_EXISTS || fixed)
		return status;
	*address = 0;
	return space_map(&process->space, address, pages, memory, cap->lineage, first, prot);
}

struct sys_result syscall_map(struct thread *self, struct process *process, handle_t memory, u64 address, u64 offset,
	u64 bytes, u32 protection)
{
	struct cap cap;
	u32 prot = prot_of(protection);
	u64 first = offset >> PAGE_SHIFT, pages = bytes >> PAGE_SHIFT;

	if (prot == 0 || !page_aligned(address | offset | bytes) || bytes == 0)
		return sys_fail(STATUS_INVALID);
	enum status status = cap_acquire(self->process, memory, &cap);

	if (status != STATUS_OK)
		return sys_fail(status);
	status = map_held(process, &cap, &address, first, pages, prot, (protection & MAP_FIXED) != 0);
	cap_release(&cap);
	if (status != STATUS_OK)
		return sys_fail(status);
	event_map(process->object.id, address, bytes, protection);
	if ((protection & MAP_POPULATE) != 0)
		populate(&process->space, address, pages);
	return sys_ok(address);
}

struct sys_result syscall_unmap(struct thread *self, struct process *process, u64 address, u64 bytes)
{
	bool more = false;

	(void)self;
	if (!page_aligned(address | bytes))
		return sys_fail(STATUS_INVALID);
	enum status status = space_unmap(&process->space, address, bytes >> PAGE_SHIFT, &more);

	if (more)
		return sys_again();
	if (status == STATUS_OK)
		event_unmap(process->object.id, address, bytes);
	return sys_status(status);
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
