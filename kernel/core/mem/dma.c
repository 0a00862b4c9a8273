/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for devices: frames in one piece, which stay where they are for as long as the object lives. No unit between
 * devices and memory keeps a device to it; that is what the authority to make such memory says.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/process/process.h"
#include "kernel/core/syscall/result.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

/* As much as is zeroed in one go, with interrupts off. */
enum : u64 { DMA_BYTES_MAX = 16 * PAGE_BYTES };

enum status memory_make_dma(struct group *group, u32 order, struct memory **out)
{
	enum status status = group_charge(group, GROUP_FRAMES, 1ull << order);

	if (status != STATUS_OK)
		return status;
	struct frame_result block = frame_alloc(order);

	status = block.ok ? memory_wrap(group, MEMORY_DMA, block.frame, 1ull << order, out) : block.status;
	if (status != STATUS_OK) {
		if (block.ok)
			frame_free(block.frame, order);
		group_release(group, GROUP_FRAMES, 1ull << order);
		return status;
	}
	(*out)->height = order;
	for (u64 i = 0; i < 1ull << order; i++)
		frame_zero((paddr_t){ block.frame.v + (i << PAGE_SHIFT) });
	return STATUS_OK;
}

void memory_free_dma(struct memory *memory)
{
	frame_free(memory->base, memory->height);
	group_release(memory->object.group, GROUP_FRAMES, memory->pages);
}

/* ---- system calls ---- */

struct sys_result syscall_dma_memory_create(struct thread *self, struct dma *dma, struct group *group, u64 bytes)
{
	struct memory *memory = nullptr;
	u32 order = 0;

	(void)dma;
	if (bytes == 0 || bytes > DMA_BYTES_MAX)
		return sys_fail(STATUS_INVALID);
	while (PAGE_BYTES << order < bytes)
		order++;
	enum status status = memory_make_dma(group, order, &memory);

	if (status != STATUS_OK)
		return sys_fail(status);
	return sys_new_handle(self, &memory->object, MEMORY_RIGHTS_ALL & ~MEMORY_RIGHT_EXECUTE, memory_cap_value(memory));
}

struct sys_result syscall_dma_address(struct thread *self, const struct cap *cap)
{
	const struct memory *memory = cap_as_memory(cap);

	(void)self;
	if (memory->kind != MEMORY_DMA)
		return sys_fail(STATUS_NOT_SUPPORTED);
	return sys_ok(memory->base.v + (cap_range_first(cap) << PAGE_SHIFT));
}
