/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the first process from the INIT entry of the system image and hands it all authority.
 * The kernel maps what the image's table says; it parses no executable.
 */
#include "kernel/boot/first_process.h"
#include "abi/names.h"
#include "abi/structs.h"
#include "kernel/core/boot/give_up.h"
#include "kernel/core/boot/state.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/ns/namespace.h"
#include "kernel/core/process/process.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/irq.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/image.h"
#include "lib/image/image.h"

enum : u32 { INIT_PRIORITY = 100 };
/* Objects, tables, capabilities and nodes of memory of the first process and of its first calls. */
enum : u64 { OVERHEAD_PAGES = 64 };
enum : u64 { DEVICE_PAGES = U32_MAX };

struct first {
	struct group *root;
	struct process *process;
	struct span image;
	struct image_init init;
	u64 base, stack_top;
};

static void complain(const char *what, const char *why)
{
	klog_begin("ferrous: ");
	klog_text(what);
	klog_text(why);
	klog_end();
}

static u32 prot_of(u32 protection)
{
	u32 prot = HAL_PROT_READ;

	prot |= (protection & MAP_WRITE) != 0 ? HAL_PROT_WRITE : 0;
	prot |= (protection & MAP_EXECUTE) != 0 ? HAL_PROT_EXECUTE : 0;
	return prot;
}

/* ---- memory ---- */

/* All pages that it may write, and what the kernel spends on it: an upper bound, so that what is
 * there does for all of init's own start. */
static u64 needed_pages(const struct image_init *init)
{
	u64 pages = OVERHEAD_PAGES + (init->stack_bytes >> PAGE_SHIFT);

	for (u32 i = 0; i < init->segment_count; i++) {
		const struct image_segment *segment = ELEM(init->segment, i);

		if ((segment->protection & MAP_WRITE) != 0)
			pages += pages_of((segment->memory_offset & PAGE_MASK) + segment->memory_bytes);
	}
	return pages;
}

/* Copies a segment's bytes from the image into memory that is mapped already. */
static enum status copy_segment(struct first *first, const struct image_segment *segment)
{
	struct span bytes;

	if (!span_sub(first->image, segment->file_offset, segment->bytes, &bytes))
		return STATUS_BAD_FORMAT;
	return user_copy_out(first->process, (uaddr_t){ first->base + segment->memory_offset }, bytes);
}

/* Memory of its own, which the mapping holds. */
static enum status map_fresh(struct first *first, struct mapping *mapping)
{
	struct memory *memory = nullptr;
	enum status status = memory_make(first->root, mapping->pages, &memory);

	if (status != STATUS_OK)
		return status;
	status = space_map_own(&first->process->space, mapping, memory);
	object_unref(&memory->object);
	return status;
}

static enum status map_segment(struct first *first, struct memory *image, const struct image_segment *segment)
{
	u64 end = segment->memory_offset + segment->memory_bytes;
	struct mapping mapping = {
		.at = first->base + page_floor(segment->memory_offset),
		.pages = (page_ceil(end) - page_floor(segment->memory_offset)) >> PAGE_SHIFT,
		.first_page = segment->file_offset >> PAGE_SHIFT,
		.prot = prot_of(segment->protection),
	};

	if ((mapping.prot & HAL_PROT_WRITE) == 0)
		return space_map_own(&first->process->space, &mapping, image);
	mapping.first_page = 0;
	enum status status = map_fresh(first, &mapping);

	return status == STATUS_OK ? copy_segment(first, segment) : status;
}

static enum status map_stack(struct first *first)
{
	struct mapping mapping = { .pages = first->init.stack_bytes >> PAGE_SHIFT, .prot = HAL_PROT_READ | HAL_PROT_WRITE };
	enum status status = map_fresh(first, &mapping);

	first->stack_top = mapping.at + first->init.stack_bytes;
	return status;
}

static enum status map_all(struct first *first, struct memory *image)
{
	u64 room = HAL_USER_TOP / 2 - first->init.memory_bytes;

	if (first->init.memory_bytes > HAL_USER_TOP / 4)
		return STATUS_BAD_FORMAT;
	first->base = HAL_USER_BASE + page_floor(random_u64() % room);
	enum status status = STATUS_OK;

	for (u32 i = 0; i < first->init.segment_count && status == STATUS_OK; i++)
		status = map_segment(first, image, ELEM(first->init.segment, i));
	return status == STATUS_OK ? map_stack(first) : status;
}

/* ---- authority ---- */

/* Hands an object over: into the message buffer at its place, with the maker's reference. */
static enum status give(struct first *first, struct thread *thread, enum init_handle place, struct object *object,
	u32 rights, u64 value)
{
	handle_t handle = {};
	enum status status = cap_add_new(first->process, object, rights, value, &handle);

	if (status == STATUS_OK)
		*ELEM(thread->buffer->word, place) = handle.v;
	return status;
}

/* An object without state of its own: it only stands for an authority. */
static enum status give_authority(struct first *first, struct thread *thread, enum init_handle place,
	enum object_type type, u64 value)
{
	struct object *object = nullptr;
	enum status status = object_create(type, first->root, &object);

	if (status != STATUS_OK)
		return status;
	object_ref(object); /* for ever: its lineage may be remembered longer than any capability to it */
	return give(first, thread, place, object, object_rights_all(type), value);
}

static enum status give_names(struct first *first, struct thread *thread)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_NAMESPACE, first->root, &object);

	if (status != STATUS_OK)
		return status;
	lock_init(&object_as_namespace(object)->lock, LOCK_NAMES);
	return give(first, thread, INIT_HANDLE_NAMES, object, NAMESPACE_RIGHTS_ALL, 0);
}

/* Physical memory that is not to be written. */
static enum status give_physical(struct first *first, struct thread *thread, enum init_handle place, enum memory_kind kind,
	paddr_t base, u64 pages)
{
	struct memory *memory = nullptr;
	enum status status = memory_wrap(first->root, kind, base, pages, &memory);

	if (status != STATUS_OK)
		return status;
	return give(first, thread, place, &memory->object, RIGHTS_COMMON | MEMORY_RIGHT_READ, memory_cap_value(memory));
}

/* What the kernel has run, for who may know everything. */
static enum status give_coverage(struct first *first, struct thread *thread)
{
	const struct boot_info *info = boot_state();
	u64 start = IMAGE_ADDRESS(kernel_coverage_start), bytes = IMAGE_ADDRESS(kernel_coverage_end) - start;
	paddr_t base = { start - info->kernel_virt + info->kernel_phys };

	return give_physical(first, thread, INIT_HANDLE_COVERAGE, MEMORY_FIXED, base, pages_of(bytes));
}

static enum status give_all(struct first *first, struct thread *thread, struct memory *image)
{
	struct memory *devices = nullptr;
	enum status status = memory_wrap(first->root, MEMORY_DEVICE, (paddr_t){ 0 }, DEVICE_PAGES, &devices);

	if (status != STATUS_OK)
		return status;
	object_ref(&first->root->object); /* the kernel keeps its own; of the others the maker's goes over */
	u64 all_lines = min_u64(hal_irq_count(), U32_MAX) << 32, all_ports = (u64)hal_port_count() << 32;
	enum status results[] = {
		give(first, thread, INIT_HANDLE_PROCESS, &first->process->object, PROCESS_RIGHTS_ALL, 0),
		give(first, thread, INIT_HANDLE_GROUP, &first->root->object, GROUP_RIGHTS_ALL, 0),
		give(first, thread, INIT_HANDLE_IMAGE, &image->object, MEMORY_RIGHTS_ALL & ~MEMORY_RIGHT_WRITE,
			memory_cap_value(image)),
		give(first, thread, INIT_HANDLE_DEVICES, &devices->object, MEMORY_RIGHTS_ALL & ~MEMORY_RIGHT_EXECUTE,
			memory_cap_value(devices)),
		give(first, thread, INIT_HANDLE_ACTIVITY, &thread->own->object, ACTIVITY_RIGHTS_ALL, 0),
		give_names(first, thread),
		give_authority(first, thread, INIT_HANDLE_IRQS, OBJECT_IRQ, all_lines),
		give_authority(first, thread, INIT_HANDLE_IOPORTS, OBJECT_IOPORT, all_ports),
		give_authority(first, thread, INIT_HANDLE_CODE, OBJECT_CODE, 0),
		give_authority(first, thread, INIT_HANDLE_DMA, OBJECT_DMA, 0),
		give_authority(first, thread, INIT_HANDLE_KLOG, OBJECT_KLOG, 0),
		give_authority(first, thread, INIT_HANDLE_TRACE, OBJECT_TRACE, 0),
		give_authority(first, thread, INIT_HANDLE_MACHINE, OBJECT_MACHINE, 0),
		give_physical(first, thread, INIT_HANDLE_FIRMWARE, MEMORY_FIRMWARE, (paddr_t){ 0 }, DEVICE_PAGES),
		FERROUS_COVER ? give_coverage(first, thread) : STATUS_OK,
	};

	for (u32 i = 0; i < ARRAY_LEN(results) && status == STATUS_OK; i++)
		status = results[i];
	return status;
}

static enum status start_thread(struct first *first, struct memory *image)
{
	struct activity_params params = { .priority = INIT_PRIORITY };
	struct activity *activity = nullptr;
	struct thread *thread = nullptr;
	enum status status = activity_make(first->root, &params, &activity);

	if (status != STATUS_OK)
		return status;
	struct thread_start start = { .entry = first->base + first->init.entry, .stack = first->stack_top,
		.argument = first->base };

	status = thread_make(first->process, &start, activity, &thread);
	if (status != STATUS_OK)
		return status;
	status = give_all(first, thread, image);
	if (status == STATUS_OK)
		sched_wake(thread);
	object_unref(&thread->object); /* it holds itself while it lives */
	return status;
}

enum status first_process_start(struct group *root, const struct boot_info *info)
{
	struct first first = { .root = root,
		.image = boot_bytes((paddr_t){ info->image_phys }, info->image_bytes) };
	struct memory *image = nullptr;
	enum image_problem problem = image_check(first.image);

	if (problem == IMAGE_OK)
		problem = image_init_segments(first.image, &first.init);
	if (problem != IMAGE_OK) {
		complain("the system image ", image_problem_text(problem));
		return STATUS_BAD_FORMAT;
	}
	u64 needed = needed_pages(&first.init);

	if (frame_available() < needed) {
		boot_no_memory("init", needed * PAGE_BYTES);
		return STATUS_OUT_OF_FRAMES;
	}
	enum status status = memory_wrap(root, MEMORY_FIXED, (paddr_t){ info->image_phys }, pages_of(info->image_bytes),
		&image);

	if (status == STATUS_OK)
		status = process_make(root, nullptr, nullptr, span_text("init"), &first.process);
	if (status == STATUS_OK) {
		first.process->first = true;
		status = map_all(&first, image);
	}
	if (status == STATUS_OK)
		status = start_thread(&first, image);
	/* WHY it may: the frames that are there may lie in pieces too small for the kernel's objects. */
	if (status == STATUS_OUT_OF_FRAMES)
		boot_no_memory("init", needed * PAGE_BYTES);
	else if (status != STATUS_OK)
		complain("the first process cannot be made: ", status_text(status));
	return status;
}
