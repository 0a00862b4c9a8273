/* SPDX-License-Identifier: Apache-2.0
 *
 * The system image as hostile input. Structures are copied out of the file before they are
 * looked at, so that what was checked is what is used.
 */
#include "lib/image/image.h"
#include "lib/base/crc32c.h"
#include "abi/structs.h"

const char *image_problem_text(enum image_problem problem)
{
	switch (problem) {
	case IMAGE_OK: return "is well-formed";
	case IMAGE_TOO_SHORT: return "is too short for its header and table of entries; it is cut off";
	case IMAGE_NOT_AN_IMAGE: return "does not begin with FERRIMG1; it is another kind of file";
	case IMAGE_BAD_VERSION: return "is of another version of the format; build it with the same sources";
	case IMAGE_BAD_LENGTH: return "is longer or shorter than its header says; it is cut off or damaged";
	case IMAGE_BAD_COUNT: return "has no entries or more than 512";
	case IMAGE_BAD_CHECKSUM: return "has a wrong checksum in its header; it is damaged";
	case IMAGE_BAD_NAME: return "has an entry whose name is empty, too long or not printable";
	case IMAGE_DUPLICATE_NAME: return "has two entries of the same name";
	case IMAGE_BAD_KIND: return "has an entry of an unknown kind";
	case IMAGE_BAD_ENTRY: return "has an entry with reserved fields that are not zero";
	case IMAGE_BAD_OFFSET: return "has entries that overlap, are not page-aligned or lie outside";
	case IMAGE_NO_SUCH_ENTRY: return "lacks an entry that the system needs";
	case IMAGE_BAD_CONTENT: return "has an entry whose checksum is wrong; it is damaged";
	case IMAGE_BAD_INIT: return "describes the first process in a way that cannot be mapped";
	case IMAGE_PROBLEM_COUNT: break;
	}
	return "has an unknown problem";
}

static u64 entry_offset(u32 index)
{
	return IMAGE_HEADER_BYTES + (u64)index * IMAGE_ENTRY_BYTES;
}

static void header_read(struct span image, struct image_header *out)
{
	span_copy(MSPAN_OF_STRUCT(*out), span_part(image, 0, sizeof(*out)));
}

static void entry_read(struct span image, u32 index, struct image_entry *out)
{
	span_copy(MSPAN_OF_STRUCT(*out), span_part(image, entry_offset(index), sizeof(*out)));
}

struct span image_entry_name(const struct image_entry *entry)
{
	return span_until_zero(SPAN_OF_ARRAY(entry->name));
}

static u32 table_checksum(struct span image, const struct image_header *header)
{
	struct image_header plain = *header;
	u64 table = (u64)header->entry_count * IMAGE_ENTRY_BYTES;

	plain.checksum = 0;
	return crc32c(crc32c(0, SPAN_OF_STRUCT(plain)), span_part(image, IMAGE_HEADER_BYTES, table));
}

static enum image_problem header_check(struct span image, struct image_header *header)
{
	if (span_len(image) < IMAGE_HEADER_BYTES)
		return IMAGE_TOO_SHORT;
	header_read(image, header);
	if (header->magic != IMAGE_MAGIC)
		return IMAGE_NOT_AN_IMAGE;
	if (header->version != IMAGE_VERSION || header->entry_bytes != IMAGE_ENTRY_BYTES)
		return IMAGE_BAD_VERSION;
	if (header->total_bytes > span_len(image) || header->total_bytes > IMAGE_BYTES_MAX ||
	    !page_aligned(header->total_bytes))
		return IMAGE_BAD_LENGTH;
	if (header->entry_count == 0 || header->entry_count > IMAGE_ENTRIES_MAX)
		return IMAGE_BAD_COUNT;
	if (entry_offset(header->entry_count) > header->total_bytes)
		return IMAGE_TOO_SHORT;
	for (u32 i = 0; i < ARRAY_LEN(header->reserved); i++) {
		if (header->reserved[i] != 0)
			return IMAGE_BAD_VERSION;
	}
	return table_checksum(image, header) == header->checksum ? IMAGE_OK : IMAGE_BAD_CHECKSUM;
}

/* Printable, no blanks, zero-padded to the end, at least one zero. */
static bool name_valid(const struct image_entry *entry)
{
	struct span field = SPAN_OF_ARRAY(entry->name);
	usize length = span_find(field, 0, 0);

	if (length == 0 || length == span_len(field))
		return false;
	for (usize i = 0; i < length; i++) {
		if (span_u8(field, i) <= ' ' || span_u8(field, i) >= 0x7f)
			return false;
	}
	for (usize i = length; i < span_len(field); i++) {
		if (span_u8(field, i) != 0)
			return false;
	}
	return true;
}

/* Checks an entry by itself; `free_from` is where the entry before it ends. */
static enum image_problem entry_check(const struct image_entry *entry, u64 free_from, u64 total_bytes)
{
	if (!name_valid(entry))
		return IMAGE_BAD_NAME;
	if (entry->kind == IMAGE_NONE || entry->kind >= IMAGE_KIND_COUNT)
		return IMAGE_BAD_KIND;
	if (entry->flags != 0 || entry->reserved != 0)
		return IMAGE_BAD_ENTRY;
	if (!page_aligned(entry->offset) || entry->offset < free_from || entry->offset > total_bytes ||
	    entry->bytes == 0 || entry->bytes > total_bytes - entry->offset)
		return IMAGE_BAD_OFFSET;
	return IMAGE_OK;
}

static bool name_repeats(struct span image, u32 index, const struct image_entry *entry)
{
	for (u32 i = 0; i < index; i++) {
		struct span other = span_part(image, entry_offset(i), IMAGE_NAME_BYTES);

		if (span_equal(other, SPAN_OF_ARRAY(entry->name)))
			return true;
	}
	return false;
}

enum image_problem image_check(struct span image)
{
	struct image_header header;
	enum image_problem problem = header_check(image, &header);

	if (problem != IMAGE_OK)
		return problem;
	u64 free_from = entry_offset(header.entry_count);

	for (u32 i = 0; i < header.entry_count; i++) {
		struct image_entry entry;

		entry_read(image, i, &entry);
		problem = entry_check(&entry, free_from, header.total_bytes);
		if (problem != IMAGE_OK)
			return problem;
		if (name_repeats(image, i, &entry))
			return IMAGE_DUPLICATE_NAME;
		free_from = page_ceil(entry.offset + entry.bytes);
	}
	return IMAGE_OK;
}

u32 image_count(struct span image)
{
	struct image_header header;

	header_read(image, &header);
	return header.entry_count;
}

bool image_entry_at(struct span image, u32 index, struct image_entry *out)
{
	if (index >= image_count(image))
		return false;
	entry_read(image, index, out);
	return true;
}

bool image_find(struct span image, struct span name, struct image_entry *out)
{
	u32 count = image_count(image);

	for (u32 i = 0; i < count; i++) {
		struct span field = span_part(image, entry_offset(i), IMAGE_NAME_BYTES);

		if (span_equal(span_until_zero(field), name)) {
			entry_read(image, i, out);
			return true;
		}
	}
	return false;
}

struct span image_content(struct span image, const struct image_entry *entry)
{
	return span_part(image, entry->offset, entry->bytes);
}

bool image_content_intact(struct span image, const struct image_entry *entry)
{
	return crc32c(0, image_content(image, entry)) == entry->checksum;
}

static bool segment_valid(const struct image_segment *s, u64 free_from, u64 memory_bytes, u64 total_bytes)
{
	u32 known = MAP_READ | MAP_WRITE | MAP_EXECUTE;

	if ((s->protection & ~known) != 0 || (s->protection & MAP_READ) == 0 || s->reserved != 0 ||
	    (s->protection & (MAP_WRITE | MAP_EXECUTE)) == (MAP_WRITE | MAP_EXECUTE))
		return false;
	if ((s->protection & MAP_WRITE) == 0 && s->bytes != s->memory_bytes)
		return false;
	if (s->memory_bytes == 0 || s->bytes > s->memory_bytes ||
	    (s->file_offset & PAGE_MASK) != (s->memory_offset & PAGE_MASK))
		return false;
	return page_floor(s->memory_offset) >= free_from && s->memory_offset <= memory_bytes &&
	       s->memory_bytes <= memory_bytes - s->memory_offset && s->file_offset <= total_bytes &&
	       s->bytes <= total_bytes - s->file_offset;
}

static bool init_valid(const struct image_init *init, u64 total_bytes)
{
	u64 free_from = 0;
	bool entry_found = false;

	if (init->segment_count == 0 || init->segment_count > IMAGE_SEGMENTS_MAX || init->reserved != 0 ||
	    init->memory_bytes > IMAGE_BYTES_MAX || !page_aligned(init->memory_bytes) ||
	    init->stack_bytes == 0 || init->stack_bytes > IMAGE_BYTES_MAX || !page_aligned(init->stack_bytes))
		return false;
	for (u32 i = 0; i < init->segment_count; i++) {
		const struct image_segment *s = ELEM(init->segment, i);

		if (!segment_valid(s, free_from, init->memory_bytes, total_bytes))
			return false;
		free_from = page_ceil(s->memory_offset + s->memory_bytes);
		if ((s->protection & MAP_EXECUTE) != 0 && init->entry >= s->memory_offset &&
		    init->entry - s->memory_offset < s->bytes)
			entry_found = true;
	}
	return entry_found;
}

enum image_problem image_init_segments(struct span image, struct image_init *out)
{
	struct image_header header;
	struct image_entry entry;

	header_read(image, &header);
	if (!image_find(image, span_text("init.segments"), &entry) || entry.kind != IMAGE_INIT)
		return IMAGE_NO_SUCH_ENTRY;
	if (!image_content_intact(image, &entry))
		return IMAGE_BAD_CONTENT;
	if (entry.bytes != sizeof(*out))
		return IMAGE_BAD_INIT;
	span_copy(MSPAN_OF_STRUCT(*out), image_content(image, &entry));
	return init_valid(out, header.total_bytes) ? IMAGE_OK : IMAGE_BAD_INIT;
}
