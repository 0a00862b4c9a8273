/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of lib/image: a good image is read, every damaged one is refused for the right reason.
 */
#include "lib/base/crc32c.h"
#include "lib/image/image.h"
#include "lib/image/manifest.h"
#include "abi/structs.h"
#include "tests/host/lib/check.h"

enum : u32 { PAGES = 5, BYTES = PAGES * 4096, INIT_AT = 4096, SEGMENTS_AT = 8192, FILE_AT = 16384 };

static u8 file[BYTES];
static struct image_header header;
static struct image_entry entries[3];
static struct image_init init;

static struct span whole(void) { return SPAN_OF_ARRAY(file); }

/* Writes header, table and contents with right checksums. */
static void store(void)
{
	struct mspan to = MSPAN_OF_ARRAY(file);

	header.checksum = 0;
	span_copy(mspan_from(to, SEGMENTS_AT), SPAN_OF_STRUCT(init));
	entries[1].checksum = crc32c(0, SPAN_OF_STRUCT(init));
	header.checksum = crc32c(crc32c(0, SPAN_OF_STRUCT(header)), SPAN_OF_ARRAY(entries));
	span_copy(to, SPAN_OF_STRUCT(header));
	span_copy(mspan_from(to, IMAGE_HEADER_BYTES), SPAN_OF_ARRAY(entries));
}

static void make(void)
{
	mspan_fill(MSPAN_OF_ARRAY(file), 0);
	header = (struct image_header){
		.magic = IMAGE_MAGIC, .version = IMAGE_VERSION, .entry_bytes = IMAGE_ENTRY_BYTES, .total_bytes = BYTES,
		.entry_count = 3,
	};
	init = (struct image_init){
		.entry = 0x10, .memory_bytes = 8192, .stack_bytes = 4096, .segment_count = 2,
		.segment = {
			{ .file_offset = INIT_AT, .memory_offset = 0, .bytes = 4096, .memory_bytes = 4096,
			  .protection = MAP_READ | MAP_EXECUTE },
			{ .file_offset = INIT_AT, .memory_offset = 4096, .bytes = 16, .memory_bytes = 4096,
			  .protection = MAP_READ | MAP_WRITE },
		},
	};
	entries[0] = (struct image_entry){ .name = "init", .kind = IMAGE_PROGRAM, .offset = INIT_AT, .bytes = 4096 };
	entries[1] = (struct image_entry){
		.name = "init.segments", .kind = IMAGE_INIT, .offset = SEGMENTS_AT, .bytes = sizeof(init),
	};
	entries[2] = (struct image_entry){ .name = "etc/motd", .kind = IMAGE_FILE, .offset = FILE_AT, .bytes = 5 };
	span_copy(mspan_from(MSPAN_OF_ARRAY(file), FILE_AT), span_text("hello"));
	entries[0].checksum = crc32c(0, span_part(whole(), INIT_AT, 4096));
	entries[2].checksum = crc32c(0, span_text("hello"));
	store();
}

static void a_good_image_is_read(void)
{
	struct image_entry entry;
	struct image_init out;

	make();
	CHECK(image_check(whole()) == IMAGE_OK);
	CHECK(image_count(whole()) == 3);
	CHECK(image_find(whole(), span_text("etc/motd"), &entry) && entry.kind == IMAGE_FILE);
	CHECK(span_equal(image_content(whole(), &entry), span_text("hello")) && image_content_intact(whole(), &entry));
	CHECK(!image_find(whole(), span_text("etc"), &entry));
	CHECK(!image_entry_at(whole(), 3, &entry));
	CHECK(image_init_segments(whole(), &out) == IMAGE_OK && out.segment_count == 2);
}

static void every_cut_is_noticed(void)
{
	make();
	for (usize bytes = 0; bytes < BYTES; bytes += 61)
		CHECK(image_check(span_first(whole(), bytes)) != IMAGE_OK);
}

static void every_flipped_bit_of_the_table_is_noticed(void)
{
	make();
	for (usize bit = 0; bit < (IMAGE_HEADER_BYTES + sizeof(entries)) * 8; bit++) {
		file[bit / 8] ^= (u8)(1u << bit % 8);
		CHECK(image_check(whole()) != IMAGE_OK);
		file[bit / 8] ^= (u8)(1u << bit % 8);
	}
	CHECK(image_check(whole()) == IMAGE_OK);
}

static void damaged_contents_are_noticed(void)
{
	struct image_entry entry;

	make();
	file[FILE_AT + 1] ^= 1;
	CHECK(image_check(whole()) == IMAGE_OK);
	CHECK(image_find(whole(), span_text("etc/motd"), &entry) && !image_content_intact(whole(), &entry));
}

static enum image_problem with_entry(struct image_entry entry)
{
	make();
	entries[2] = entry;
	store();
	return image_check(whole());
}

static void bad_entries_are_refused_with_a_reason(void)
{
	struct image_entry good;

	make();
	good = entries[2];
	struct image_entry e = good;

	e.offset = SEGMENTS_AT;
	CHECK(with_entry(e) == IMAGE_BAD_OFFSET);
	e = good;
	e.offset += 1;
	CHECK(with_entry(e) == IMAGE_BAD_OFFSET);
	e = good;
	e.bytes = 4097;
	CHECK(with_entry(e) == IMAGE_BAD_OFFSET);
	e.bytes = 0;
	CHECK(with_entry(e) == IMAGE_BAD_OFFSET);
	e.bytes = U64_MAX;
	CHECK(with_entry(e) == IMAGE_BAD_OFFSET);
	e = good;
	e.kind = IMAGE_KIND_COUNT;
	CHECK(with_entry(e) == IMAGE_BAD_KIND);
	e = good;
	e.name[0] = 0;
	CHECK(with_entry(e) == IMAGE_BAD_NAME);
	e.name[0] = ' ';
	CHECK(with_entry(e) == IMAGE_BAD_NAME);
	e = good;
	mspan_fill(MSPAN_OF_ARRAY(e.name), 'x');
	CHECK(with_entry(e) == IMAGE_BAD_NAME);
	e = good;
	mspan_set_text(MSPAN_OF_ARRAY(e.name), span_text("init"));
	CHECK(with_entry(e) == IMAGE_DUPLICATE_NAME);
	e = good;
	e.reserved = 1;
	CHECK(with_entry(e) == IMAGE_BAD_ENTRY);
}

static bool init_refused(void)
{
	struct image_init out;

	store();
	return image_check(whole()) == IMAGE_OK && image_init_segments(whole(), &out) == IMAGE_BAD_INIT;
}

static void bad_segments_are_refused(void)
{
	make();
	init.segment[0].protection |= MAP_WRITE;
	CHECK(init_refused());
	make();
	init.segment[1].memory_offset = 0;
	CHECK(init_refused());
	make();
	init.segment[0].file_offset = BYTES;
	CHECK(init_refused());
	make();
	init.segment[1].memory_bytes = U64_MAX;
	CHECK(init_refused());
	make();
	init.segment[0].memory_bytes = 4097;
	CHECK(init_refused());
	make();
	init.entry = 4096;
	CHECK(init_refused());
	make();
	init.segment_count = 9;
	CHECK(init_refused());
	make();
	init.stack_bytes = 100;
	CHECK(init_refused());
	make();
	init.segment[1].file_offset += 1;
	CHECK(init_refused());
}

static struct manifest_record record;

static void make_manifest(void)
{
	record = (struct manifest_record){
		.magic = MANIFEST_MAGIC, .version = MANIFEST_VERSION, .bytes = MANIFEST_BYTES, .name = "uart0", .program = "bin/uart",
		.description = "serial line", .provides = "/dev/uart0", .priority = 64, .max_priority = 64, .stack_pages = 8,
		.backoff_ms = 20, .backoff_max_ms = 5000, .give_up_after = 10,
		.needs_count = 1, .needs = { { "log" } }, .grants_count = 1,
		.grant = { { .name = "ports", .kind = MANIFEST_GRANT_IOPORT, .rights = 48, .base = 0x3f8, .count = 8 } },
		.args_count = 2, .args_bytes = 5, .args = "a\0bc",
	};
}

static enum manifest_problem read_record(void)
{
	struct manifest_record out;

	return manifest_read(SPAN_OF_STRUCT(record), &out);
}

static void good_manifests_are_read_and_bad_refused(void)
{
	struct manifest_record out;

	make_manifest();
	CHECK(read_record() == MANIFEST_OK);
	CHECK(manifest_read(span_first(SPAN_OF_STRUCT(record), MANIFEST_BYTES - 1), &out) == MANIFEST_BAD_LENGTH);
	record.args_count = 3;
	CHECK(read_record() == MANIFEST_BAD_ARGS);
	make_manifest();
	record.args_bytes = 4;
	CHECK(read_record() == MANIFEST_BAD_ARGS);
	make_manifest();
	record.grant[0].count = 0;
	CHECK(read_record() == MANIFEST_BAD_GRANT);
	record.grant[0].count = 2;
	record.grant[0].base = U64_MAX;
	CHECK(read_record() == MANIFEST_BAD_GRANT);
	make_manifest();
	record.grants_count = MANIFEST_GRANTS_MAX + 1;
	CHECK(read_record() == MANIFEST_BAD_GRANT);
	make_manifest();
	record.needs_count = 2;
	CHECK(read_record() == MANIFEST_BAD_NEEDS);
	make_manifest();
	record.provides[0] = 'd';
	CHECK(read_record() == MANIFEST_BAD_PATH);
	make_manifest();
	record.restart = MANIFEST_RESTART_COUNT;
	CHECK(read_record() == MANIFEST_BAD_RESTART);
	make_manifest();
	record.stack_pages = 0;
	CHECK(read_record() == MANIFEST_BAD_LIMIT);
	make_manifest();
	record.max_priority = record.priority - 1;
	CHECK(read_record() == MANIFEST_BAD_LIMIT);
	record.max_priority = 256;
	CHECK(read_record() == MANIFEST_BAD_LIMIT);
	make_manifest();
	record.without = MANIFEST_WITHOUT_COUNT;
	CHECK(read_record() == MANIFEST_BAD_WITHOUT);
	make_manifest();
	record.give_up_after = 0;
	CHECK(read_record() == MANIFEST_BAD_WITHOUT);
	make_manifest();
	mspan_fill(MSPAN_OF_ARRAY(record.name), 'a');
	CHECK(read_record() == MANIFEST_BAD_NAME);
	make_manifest();
	record.padding[7] = 1;
	CHECK(read_record() == MANIFEST_BAD_RESERVED);
	make_manifest();
	record.device =
		(struct manifest_device){ .class = "serial", .number = 1, .match_count = 2,
					  .match = { { .text = "ns16550a" }, { .text = "x" } } };
	CHECK(read_record() == MANIFEST_OK);
	mspan_set_text(MSPAN_OF_ARRAY(ELEM(record.device.match, 1)->program), span_text("bin/x"));
	CHECK(read_record() == MANIFEST_OK);
	mspan_fill(MSPAN_OF_ARRAY(ELEM(record.device.match, 0)->program), 'a');
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	mspan_fill(MSPAN_OF_ARRAY(ELEM(record.device.match, 0)->program), 0);
	mspan_set_text(MSPAN_OF_ARRAY(ELEM(record.device.match, 2)->program), span_text("bin/x"));
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	mspan_fill(MSPAN_OF_ARRAY(ELEM(record.device.match, 2)->program), 0);
	record.device.match_count = 3;
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	record.device.match_count = 1;
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	record.device.match_count = MANIFEST_MATCHES_MAX + 1;
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	record.device.match_count = 1;
	record.device.dma_pages = 129;
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	record.device = (struct manifest_device){ .number = 1 };
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	record.device = (struct manifest_device){ .dma_pages = 1 };
	CHECK(read_record() == MANIFEST_BAD_DEVICE);
	make_manifest();
	record.flags = 2;
	CHECK(read_record() == MANIFEST_BAD_RESERVED);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a_good_image_is_read", a_good_image_is_read },
		{ "every_cut_is_noticed", every_cut_is_noticed },
		{ "every_flipped_bit_of_the_table_is_noticed", every_flipped_bit_of_the_table_is_noticed },
		{ "damaged_contents_are_noticed", damaged_contents_are_noticed },
		{ "bad_entries_are_refused_with_a_reason", bad_entries_are_refused_with_a_reason },
		{ "bad_segments_are_refused", bad_segments_are_refused },
		{ "good_manifests_are_read_and_bad_refused", good_manifests_are_read_and_bad_refused },
	};

	return check_run(tests, sizeof(tests) / sizeof(tests[0]));
}
