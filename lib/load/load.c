/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading a program of the system image into a new process.
 */
#include "lib/load/load.h"
#include "lib/elf/elf.h"
#include "lib/image/image.h"
#include "lib/limits/limits.h"
#include "lib/load/segments.h"
#include "lib/rt/place.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { STACK_PAGES_MAX = 256 };

static enum status refuse(struct text *why, struct span what, const char *because, enum status status)
{
	text_clear(why);
	text_add_span(why, what);
	text_add(why, " ");
	text_add_cstr(why, because);
	return status;
}

/* `group`: whose limits it may have been. */
static enum status failed(struct text *why, struct span what, handle_t group, enum status status)
{
	text_clear(why);
	text_add_span(why, what);
	text_add(why, ": ");
	limits_add_status(why, (struct limits_of){ .group = group }, status);
	return status;
}

/* "bin/NAME", "/image/bin/NAME" or just "NAME". */
static bool find_program(struct span image, struct span name, struct image_entry *out)
{
	TEXT_BUFFER(full, IMAGE_NAME_BYTES);

	if (span_starts_with(name, span_text("/image/")))
		name = span_from(name, span_len(span_text("/image/")));
	if (span_find(name, 0, '/') == span_len(name))
		text_add(&full, "bin/");
	text_add_span(&full, name);
	return !full.cut && image_find(image, text_span(&full), out) && out->kind == IMAGE_PROGRAM;
}

static bool checked(const struct load_source *source, const struct image_entry *entry)
{
	for (u32 i = 0; i < source->checked_count; i++) {
		if (source->checked[i] == entry->offset)
			return true;
	}
	return false;
}

/* WHY once: nobody writes to the image, and who starts a service again is in a hurry. */
static bool check(struct load_source *source, struct span image, const struct image_entry *entry)
{
	if (!image_content_intact(image, entry))
		return false;
	if (source->checked_count < LOAD_CHECKED_MAX)
		*ELEM(source->checked, source->checked_count++) = entry->offset;
	return true;
}

/* Finds, checks and describes the program's file. */
static enum status open_program(struct load_source *source, struct span name, struct program *program,
	struct text *why)
{
	struct span image = rt_pages_span(source->image);
	struct image_entry entry;

	if (!find_program(image, name, &entry))
		return refuse(why, name, "is not a program of the system image; see ls /image/bin", STATUS_NOT_FOUND);
	if (!checked(source, &entry) && !check(source, image, &entry))
		return refuse(why, name, "is damaged: its checksum in the system image is wrong", STATUS_BAD_FORMAT);
	program->file_offset = entry.offset;
	program->file = image_content(image, &entry);
	enum elf_problem problem = elf_parse(program->file, &program->elf);

	if (problem == ELF_OK)
		return STATUS_OK;
	(void)refuse(why, name, "", STATUS_BAD_FORMAT);
	elf_problem_explain(why, problem, program->file);
	return STATUS_BAD_FORMAT;
}

static enum status map_stack(const struct load_order *order, handle_t process, u32 pages, struct loaded *out)
{
	handle_t memory;
	u64 address = 0;
	u64 bytes = (u64)pages << PAGE_SHIFT;
	enum status status = sys_memory_create(order->group, bytes, &memory);

	if (status != STATUS_OK)
		return status;
	status = rt_place_stack(process, memory, bytes, &address);
	sys_cap_drop(memory);
	out->stack = address + bytes;
	return status;
}

/* The page of the start block: read-only there, handed to the caller to be written. */
static enum status map_start(const struct load_order *order, handle_t process, struct loaded *out)
{
	enum status status = sys_memory_create(order->group, PAGE_BYTES, &out->start_memory);

	if (status != STATUS_OK)
		return status;
	status = sys_map(process, out->start_memory, 0, 0, PAGE_BYTES, MAP_READ, &out->start_address);
	if (status != STATUS_OK)
		sys_cap_drop(out->start_memory);
	return status;
}

static enum status fill_process(const struct load_source *source, const struct load_request *request,
	const struct load_order *order, const struct program *program, struct loaded *out, struct text *why)
{
	u64 base = 0;
	enum status status = segments_map(source, program, order, out->process, &base);

	if (status != STATUS_OK)
		return failed(why, span_text("mapping the program"), order->group, status);
	status = map_stack(order, out->process, request->stack_pages, out);
	if (status != STATUS_OK)
		return failed(why, span_text("mapping the stack"), order->group, status);
	status = map_start(order, out->process, out);
	if (status != STATUS_OK)
		return failed(why, span_text("mapping the start block"), order->group, status);
	out->entry = base + program->elf.entry;
	out->base = base;
	return STATUS_OK;
}

enum status load_program(struct load_source *source, const struct load_request *request,
	const struct load_order *order, struct loaded *out, struct text *why)
{
	struct program program;
	struct span name = span_until_zero(SPAN_OF_ARRAY(request->program));

	*out = (struct loaded){};
	if (request->stack_pages == 0 || request->stack_pages > STACK_PAGES_MAX || request->reserved != 0)
		return refuse(why, name, "is asked for with a stack of 0 or more than 256 pages", STATUS_INVALID);
	enum status status = open_program(source, name, &program, why);

	if (status != STATUS_OK)
		return status;
	status = sys_process_create(order->group, order->names, order->faults,
		span_until_zero(SPAN_OF_ARRAY(request->name)), &out->process);
	if (status != STATUS_OK)
		return failed(why, span_text("making the process"), order->group, status);
	status = fill_process(source, request, order, &program, out, why);
	if (status != STATUS_OK) {
		sys_process_kill(out->process, 1);
		sys_cap_drop(out->process);
	}
	return status;
}
