/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for devices: its making, its end, and where it is. Any size; accounts, frames and objects may be refused.
 */
#include "kernel/raw/frame_access.h"

static void prove_frame_zero(paddr_t frame);
#define frame_zero(frame) prove_frame_zero(frame)
#include "kernel/core/mem/dma.c"
#undef frame_zero

struct cpu *prove_this_cpu;

enum : u64 { BLOCK = 64 };           /* the number of its first frame */

static struct group *payer;
static struct memory *made;
static u64 charged, zeroed;
static u32 blocks, block_order, added, rights_given;

/* ---- what is modelled ---- */

enum status group_charge(struct group *group, enum group_account which, u64 amount)
{
	PROVE(group == payer && which == GROUP_FRAMES && charged == 0 && amount != 0, "frames are charged, once");
	if (MAYBE())
		return STATUS_OUT_OF_FRAMES;
	charged = amount;
	return STATUS_OK;
}

void group_release(struct group *group, enum group_account which, u64 amount)
{
	PROVE(group == payer && which == GROUP_FRAMES && amount == charged, "what was charged is given back");
	charged = 0;
}

struct frame_result frame_alloc(u32 order)
{
	PROVE(charged == 1ull << order && blocks == 0, "what is charged is taken");
	if (MAYBE())
		return (struct frame_result){ .status = STATUS_OUT_OF_FRAMES };
	blocks++;
	block_order = order;
	return (struct frame_result){ .ok = true, .frame = { BLOCK << PAGE_SHIFT } };
}

void frame_free(paddr_t frame, u32 order)
{
	PROVE(blocks == 1 && order == block_order && frame.v == BLOCK << PAGE_SHIFT,
		"the block is given back, once, as it was taken");
	blocks--;
}

static void prove_frame_zero(paddr_t frame)
{
	PROVE(added == 0 && frame.v == (BLOCK + zeroed) << PAGE_SHIFT, "its frames are zeroed before anybody has them");
	zeroed++;
}

enum status memory_wrap(struct group *group, enum memory_kind kind, paddr_t base, u64 pages, struct memory **out)
{
	PROVE(group == payer && kind == MEMORY_DMA && blocks == 1, "the object is of that memory");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	made = NEW(struct memory);
	made->object.type = OBJECT_MEMORY;
	made->object.group = group;
	made->kind = kind;
	made->base = base;
	made->pages = pages;
	*out = made;
	return STATUS_OK;
}

u64 memory_cap_value(const struct memory *memory) { return memory->pages << 32; }

struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value)
{
	(void)self;
	PROVE(object == &made->object && value == made->pages << 32 && added == 0, "a capability to all of it is handed out");
	added++;
	rights_given = rights;
	return sys_ok(1);
}

/* ---- proofs ---- */

void prove_create(void)
{
	u64 bytes = ANY(u64);

	payer = NEW(struct group);
	charged = zeroed = 0;
	blocks = added = 0;
	struct sys_result result = syscall_dma_memory_create(NEW(struct thread), nullptr, payer, bytes);
	bool ok = result.status == STATUS_OK;

	PROVE(ok == (added == 1) && blocks == added && (charged != 0) == ok, "there is memory, charged, or nothing is left");
	if (!ok)
		return;
	PROVE(made->pages == charged && made->pages << PAGE_SHIFT >= bytes &&
		(made->pages == 1 || made->pages << PAGE_SHIFT < 2 * bytes),
		"it is as large as was asked for, or the power of two above");
	PROVE(zeroed == made->pages && (rights_given & MEMORY_RIGHT_EXECUTE) == 0, "all of it is zero, and not for executing");
	memory_free_dma(made);
	PROVE(blocks == 0 && charged == 0, "and all of it is given back at its end");
}

void prove_address(void)
{
	u64 first = ANY(u32), count = ANY(u32);

	made = NEW(struct memory);
	made->object.type = OBJECT_MEMORY;
	struct cap source = { .object = &made->object, .value = first | count << 32, .type = OBJECT_MEMORY };
	ASSUME(first < made->pages && made->pages <= 16 && made->base.v <= 1ull << 52);
	struct sys_result result = syscall_dma_address(NEW(struct thread), &source);

	PROVE(result.status != STATUS_OK || (made->kind == MEMORY_DMA && result.value == made->base.v + (first << PAGE_SHIFT)),
		"where the first page of the capability is, of memory for devices alone");
}
