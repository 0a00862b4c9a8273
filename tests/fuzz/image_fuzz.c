/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: damaged system images. Checksums are put right again after the damage, so that what
 * lies behind them is reached too.
 */
#include "lib/base/crc32c.h"
#include "lib/base/fuzz/fuzz.h"
#include "lib/image/image.h"

enum : u64 { IMAGE_BYTES = 4 * PAGE_BYTES, TABLE_BYTES = IMAGE_HEADER_BYTES + 3 * IMAGE_ENTRY_BYTES, INIT_AT = PAGE_BYTES };
enum : u64 { HEADER_CHECKSUM = 28, ENTRY_CHECKSUM = 72 };
enum : usize { CHANGE_BYTES = 4 };

static u8 image[IMAGE_BYTES];

static void put_entry(u32 index, struct span name, u32 kind, u64 offset, u64 bytes)
{
	struct image_entry entry = { .kind = kind, .offset = offset, .bytes = bytes };

	(void)mspan_set_text(MSPAN_OF_ARRAY(entry.name), name);
	span_copy(mspan_from(MSPAN_OF_ARRAY(image), IMAGE_HEADER_BYTES + index * IMAGE_ENTRY_BYTES), SPAN_OF_STRUCT(entry));
}

static void make_image(void)
{
	struct image_header header = { .magic = IMAGE_MAGIC, .version = IMAGE_VERSION, .entry_bytes = IMAGE_ENTRY_BYTES,
		.total_bytes = IMAGE_BYTES, .entry_count = 3 };
	struct image_init init = { .entry = 16, .memory_bytes = 2 * PAGE_BYTES, .stack_bytes = PAGE_BYTES, .segment_count = 2 };

	mspan_fill(MSPAN_OF_ARRAY(image), 0);
	init.segment[0] = (struct image_segment){ .file_offset = 2 * PAGE_BYTES, .bytes = 100, .memory_bytes = 100, .protection = 5 };
	init.segment[1] = (struct image_segment){ .file_offset = 3 * PAGE_BYTES, .memory_offset = PAGE_BYTES, .bytes = 8,
		.memory_bytes = 600, .protection = 3 };
	span_copy(MSPAN_OF_ARRAY(image), SPAN_OF_STRUCT(header));
	put_entry(0, span_text("init.segments"), IMAGE_INIT, INIT_AT, sizeof(init));
	put_entry(1, span_text("init"), IMAGE_PROGRAM, 2 * PAGE_BYTES, 100);
	put_entry(2, span_text("manifest/x"), IMAGE_MANIFEST, 3 * PAGE_BYTES, 200);
	span_copy(mspan_from(MSPAN_OF_ARRAY(image), INIT_AT), SPAN_OF_STRUCT(init));
}

static void mend_checksums(void)
{
	struct mspan all = MSPAN_OF_ARRAY(image);
	struct image_entry entry;

	/* Of the first entry's content, if it is where it should be. */
	span_copy(MSPAN_OF_STRUCT(entry), span_part(span_of(all), IMAGE_HEADER_BYTES, IMAGE_ENTRY_BYTES));
	if (entry.offset <= IMAGE_BYTES && entry.bytes <= IMAGE_BYTES - entry.offset)
		mspan_put_le32(all, IMAGE_HEADER_BYTES + ENTRY_CHECKSUM, crc32c(0, span_part(span_of(all), entry.offset, entry.bytes)));
	u32 count = span_le32(span_of(all), 24);
	u64 table = min_u64(IMAGE_HEADER_BYTES + (u64)count * IMAGE_ENTRY_BYTES, IMAGE_BYTES);

	mspan_put_le32(all, HEADER_CHECKSUM, 0);
	mspan_put_le32(all, HEADER_CHECKSUM, crc32c(0, span_part(span_of(all), 0, table)));
}

static void check_init(struct span file)
{
	struct image_init init;

	if (image_init_segments(file, &init) != IMAGE_OK)
		return;
	for (u32 i = 0; i < init.segment_count; i++) {
		const struct image_segment *segment = ELEM(init.segment, i);

		INVARIANT(span_has(file, segment->file_offset, segment->bytes), "IMAGE-INIT: a segment outside the file");
		INVARIANT(segment->memory_offset + segment->memory_bytes <= init.memory_bytes, "IMAGE-INIT: outside its memory");
		INVARIANT((segment->protection & 6) != 6, "IMAGE-INIT: writable and executable");
	}
}

static void try_image(struct span file)
{
	struct image_entry entry;
	u64 end = 0;

	if (image_check(file) != IMAGE_OK)
		return;
	for (u32 i = 0; image_entry_at(file, i, &entry); i++) {
		INVARIANT(entry.offset >= end, "IMAGE-ENTRIES: they overlap");
		end = entry.offset + entry.bytes;
		INVARIANT(end <= span_len(file), "IMAGE-ENTRIES: one reaches outside");
		INVARIANT(span_len(image_entry_name(&entry)) != 0, "IMAGE-ENTRIES: one without a name");
		(void)image_content_intact(file, &entry);
		struct image_entry found;

		INVARIANT(image_find(file, image_entry_name(&entry), &found) && found.offset == entry.offset,
			"IMAGE-ENTRIES: two of a name");
	}
	check_init(file);
}

void fuzz_one(struct span input)
{
	try_image(input);
	make_image();
	for (usize at = 0; span_has(input, at, CHANGE_BYTES); at += CHANGE_BYTES) {
		u64 place = span_le16(input, at) % (TABLE_BYTES + sizeof(struct image_init));

		if (place >= TABLE_BYTES)
			place += INIT_AT - TABLE_BYTES;
		mspan_put_le16(MSPAN_OF_ARRAY(image), place, span_le16(input, at + 2));
	}
	try_image(SPAN_OF_ARRAY(image));
	mend_checksums();
	try_image(SPAN_OF_ARRAY(image));
}

NORETURN void invariant_broken(const char *name)
{
	(void)name;
	__builtin_trap();
}
