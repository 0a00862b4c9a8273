/* SPDX-License-Identifier: Apache-2.0
 *
 * The system calls on address spaces. Any arguments, any capability: what reaches an address space lies in the capability,
 * asks for no more than its rights, and makes sense. spaces.c has what is done there.
 */
#include "kernel/core/cap/slot.h"
#include "kernel/core/mem/space.h"
#include "tests/prove/include/quiet.h"

/* What is modelled in place of map.h, and of reading a capability. */
#define KERNEL_CORE_MEM_MAP_H
#define cap_read_inline cap_read
static enum status space_map(struct space *space, struct mapping *mapping, const struct cap *cap);
static enum status space_unmap(struct space *space, u64 at, u64 bytes, bool *more);
#include "kernel/core/mem/memory.h"
#include "kernel/raw/downcast.h"
#include "kernel/core/mem/calls.c"

struct cpu *prove_this_cpu;
u32 trace_classes;

static struct process *process;
static struct memory *memory;
static struct cap source;            /* what the caller's handle names */
static u64 address, offset, bytes;   /* as asked for */
static u32 protection, calls;
static bool found, has_ram, is_firmware, places_asked, more_left;

/* ---- what is modelled ---- */

const struct boot_info *boot_state(void) { return nullptr; }

static void check_place(u64 base, u64 length)
{
	PROVE(base == memory->base.v + ((cap_range_first(&source) << PAGE_SHIFT) + offset) && length == bytes,
		"physical memory is asked about as far as it is mapped");
	places_asked = true;
}

bool boot_info_has_ram(const struct boot_info *info, u64 base, u64 length)
{
	(void)info;
	PROVE(memory->kind == MEMORY_DEVICE, "of memory of devices");
	check_place(base, length);
	return has_ram;
}

bool boot_info_is_firmware(const struct boot_info *info, u64 base, u64 length)
{
	(void)info;
	PROVE(memory->kind == MEMORY_FIRMWARE, "of what firmware left");
	check_place(base, length);
	return is_firmware;
}

enum status cap_read(struct process *at, handle_t handle, struct cap *out)
{
	(void)at;
	(void)handle;
	*out = source;
	return found ? STATUS_OK : STATUS_BAD_HANDLE;
}

static void check_prot(u32 prot)
{
	u32 access = prot & (HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXECUTE);

	PROVE((access & HAL_PROT_READ) != 0 && access != (HAL_PROT_READ | HAL_PROT_WRITE | HAL_PROT_EXECUTE),
		"what is mapped can be read, and is never written and executed");
	PROVE(access == (protection & (MAP_READ | MAP_WRITE | MAP_EXECUTE)), "as it was asked for");
}

static enum status space_map(struct space *space, struct mapping *mapping, const struct cap *cap)
{
	u64 first = cap_range_first(&source);

	PROVE(space == &process->space && cap->object == &memory->object && cap->lineage == source.lineage,
		"the object goes into the space, by the capability");
	PROVE(mapping->first_page >= first && mapping->pages != 0 &&
		mapping->first_page + mapping->pages <= first + cap_range_count(&source), "no page outside of it");
	PROVE((mapping->prot & HAL_PROT_WRITE) == 0 || (source.rights & MEMORY_RIGHT_WRITE) != 0, "written only by who may");
	PROVE((mapping->prot & HAL_PROT_EXECUTE) == 0 || (source.rights & MEMORY_RIGHT_EXECUTE) != 0, "nor executed");
	PROVE((source.rights & MEMORY_RIGHT_READ) != 0, "nor read");
	PROVE(((mapping->prot & HAL_PROT_DEVICE) != 0) == (memory->kind == MEMORY_DEVICE), "memory of devices is mapped as such");
	PROVE(memory->kind != MEMORY_DEVICE || (places_asked && !has_ram), "and is no memory of others");
	PROVE(memory->kind != MEMORY_FIRMWARE || (places_asked && is_firmware), "what firmware left is just that");
	PROVE(mapping->populate <= mapping->pages && mapping->populate <= SPACE_STEP_PAGES, "a bounded part is filled at once");
	check_prot(mapping->prot);
	PROVE(mapping->at == address && mapping->elsewhere == ((protection & MAP_FIXED) == 0) && calls == 0,
		"where it was asked for, or anywhere, if that is allowed");
	calls++;
	if (MAYBE())
		return MAYBE() ? STATUS_EXISTS : STATUS_OUT_OF_FRAMES;
	mapping->at = mapping->at != 0 ? mapping->at : PAGE_BYTES;
	return STATUS_OK;
}

static enum status taken_away(const struct space *space, u64 at, u64 pages, bool *more)
{
	PROVE(space == &process->space && at == address && pages << PAGE_SHIFT == bytes && calls == 0,
		"all that was asked for, once");
	calls++;
	if (MAYBE())
		return STATUS_NOT_FOUND;
	*more = more_left;
	return STATUS_OK;
}

static enum status space_unmap(struct space *space, u64 at, u64 size, bool *more)
{
	PROVE(page_aligned(size), "whole pages");
	return taken_away(space, at, size >> PAGE_SHIFT, more);
}

enum status space_protect(struct space *space, u64 at, u64 pages, u32 prot, bool *more)
{
	check_prot(prot);
	return taken_away(space, at, pages, more);
}

/* ---- any call ---- */

static void any_call(void)
{
	process = NEW(struct process);
	memory = NEW(struct memory);
	memory->object.type = OBJECT_MEMORY;
	source = (struct cap){ .object = &memory->object, .lineage = NEW(struct lineage), .value = ANY(u64), .type = ANY(u32),
		.rights = ANY(u32) & 0xffff };
	address = ANY(u64);
	offset = ANY(u64);
	bytes = ANY(u64);
	protection = ANY(u32) & MAP_FLAGS_ALL;
	found = MAYBE();
	has_ram = MAYBE();
	is_firmware = MAYBE();
	more_left = MAYBE();
	places_asked = false;
	calls = 0;
	ASSUME(source.type < OBJECT_COUNT && memory->kind <= MEMORY_DMA);
}

void prove_map(void)
{
	struct thread *self = NEW(struct thread);

	any_call();
	struct sys_result result = syscall_map(self, process, ANY(handle_t), address, offset, bytes, protection);
	bool ok = result.status == STATUS_OK;

	PROVE(calls == 0 || (found && source.type == OBJECT_MEMORY), "memory is mapped, nothing else");
	PROVE(calls == 0 || ((address | offset | bytes) % PAGE_BYTES == 0), "in whole pages");
	PROVE(!ok || (calls != 0 && result.value != 0), "and it is told where");
}

void prove_unmap(void)
{
	any_call();
	struct sys_result result = syscall_unmap(NEW(struct thread), process, address, bytes);

	PROVE((calls == 1) == ((address | bytes) % PAGE_BYTES == 0), "whole pages are unmapped");
	PROVE(result.status != STATUS_OK || (calls == 1 && !more_left), "and the call is made again as long as any is left");
}

void prove_protect(void)
{
	any_call();
	struct sys_result result = syscall_protect(NEW(struct thread), process, address, bytes, protection);

	PROVE(calls == 0 || (address | bytes) % PAGE_BYTES == 0, "whole pages are protected");
	PROVE(result.status != STATUS_OK || (calls == 1 && !more_left), "and the call is made again as long as any is left");
}
