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

static void populate(struct space *space, u64 at, u64 pages)
{
	for (u64 page = 0; page < pages; page++)
		if (!space_touch(space, at + (page << PAGE_SHIFT), HAL_PROT_READ, true).ok)
			return; /* what is missing is touched later, or faults then */
}

struct sys_result syscall_map(struct thread *self, struct process *process, handle_t memory, u64 address, u64 offset,
	u64 bytes, u32 protection)
{
	struct cap cap;
	u32 prot = prot_of(protection);
	u64 first = offset >> PAGE_SHIFT, pages = bytes >> PAGE_SHIFT;

	if (prot == 0 || !page_aligned(address | offset | bytes) || bytes == 0)
		return sys_fail(STATUS_INVALID);
	enum status status = cap_resolve_full(self->process, memory, OBJECT_MEMORY, rights_for(prot), &cap);

	if (status != STATUS_OK)
		return sys_fail(status);
	if (first > cap_range_count(&cap) || pages > cap_range_count(&cap) - first)
		return sys_fail(STATUS_RANGE);
	struct memory *object = object_as_memory(cap.object);

	if (object->kind == MEMORY_DEVICE)
		prot |= HAL_PROT_DEVICE;
	status = space_map(&process->space, &address, pages, object, cap.lineage, cap_range_first(&cap) + first, prot);
	if (status == STATUS_EXISTS && (protection & MAP_FIXED) == 0) {
		address = 0;
		status = space_map(&process->space, &address, pages, object, cap.lineage, cap_range_first(&cap) + first, prot);
	}
	if (status != STATUS_OK)
		return sys_fail(status);
	event_map(process->object.id, address, bytes, protection);
	if ((protection & MAP_POPULATE) != 0)
		populate(&process->space, address, pages);
	return sys_ok(address);
}

struct sys_result syscall_unmap(struct thread *self, struct process *process, u64 address, u64 bytes)
{
	(void)self;
	if (!page_aligned(address | bytes))
		return sys_fail(STATUS_INVALID);
	enum status status = space_unmap(&process->space, address, bytes >> PAGE_SHIFT);

	if (status == STATUS_OK)
		event_unmap(process->object.id, address, bytes);
	return sys_status(status);
}

struct sys_result syscall_protect(struct thread *self, struct process *process, u64 address, u64 bytes, u32 protection)
{
	u32 prot = prot_of(protection);

	(void)self;
	if (prot == 0 || !page_aligned(address | bytes) || bytes == 0)
		return sys_fail(STATUS_INVALID);
	return sys_status(space_protect(&process->space, address, bytes >> PAGE_SHIFT, prot));
}
