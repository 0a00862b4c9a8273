/* SPDX-License-Identifier: Apache-2.0
 *
 * See own.h.
 */
#include "tests/fuzz/guest/own.h"
#include "abi/structs.h"
#include "abi/stubs.h"
#include "lib/image/image.h"
#include "lib/rt/memory.h"
#include "tests/fuzz/guest/raw.h"

/* A part of the image as processes get it. */
struct part {
	handle_t memory;
	u64 address, offset, bytes;
	u32 protection;
};

static struct part parts[IMAGE_SEGMENTS_MAX];
static u32 count;
static pages_t image_pages;

static enum status copy_data(struct part *part, handle_t self)
{
	pages_t pages = {};
	u64 copied = 0;
	enum status status = rt_pages_create(part->bytes, true, &pages);

	if (status != STATUS_OK)
		return status;
	part->memory = rt_pages_memory(pages);
	part->offset = 0;
	part->protection = MAP_READ;
	status = sys_process_read(self, part->address, rt_pages_mspan(pages), &copied);
	return status == STATUS_OK && copied != part->bytes ? STATUS_BAD_ADDRESS : status;
}

enum status own_open(handle_t image, handle_t self)
{
	struct image_init init;
	struct cap_info info = {};
	enum status status = sys_cap_inspect(image, &info);

	if (status == STATUS_OK)
		status = rt_pages_map(image, 0, info.count << PAGE_SHIFT, MAP_READ, &image_pages);
	if (status != STATUS_OK)
		return status;
	if (image_check(rt_pages_span(image_pages)) != IMAGE_OK || image_init_segments(rt_pages_span(image_pages), &init) != IMAGE_OK)
		return STATUS_BAD_FORMAT;
	for (count = 0; count < init.segment_count && status == STATUS_OK; count++) {
		const struct image_segment *segment = ELEM(init.segment, count);
		struct part *part = ELEM(parts, count);
		u64 first = page_floor(segment->memory_offset);

		*part = (struct part){ .memory = image, .address = own_base() + first, .offset = page_floor(segment->file_offset),
			.bytes = page_ceil(segment->memory_offset + segment->bytes) - first, .protection = segment->protection };
		if ((segment->protection & MAP_WRITE) != 0)
			status = copy_data(part, self);
	}
	return status;
}

enum status own_map(handle_t process)
{
	enum status status = STATUS_OK;

	for (u32 i = 0; i < count && status == STATUS_OK; i++) {
		const struct part *part = ELEM(parts, i);
		u64 address = 0;

		status = sys_map(process, part->memory, part->address, part->offset, part->bytes, part->protection | MAP_FIXED, &address);
	}
	return status;
}
