/* SPDX-License-Identifier: Apache-2.0
 *
 * lib/elf on the host: a valid file is described rightly; each way of spoiling it is refused
 * for its own reason; random damage never leads to a description that breaks the promises of elf.h.
 */
#include "lib/elf/tests/report.h"
#include "lib/elf/tests/sample.h"

struct spoil {
	char name[56];
	enum elf_problem expect;
	u64 at;
	u32 width;
	u64 value;
};

#define HEADER(index, field) (SAMPLE_HEADERS + 56 * (index) + (field))

static const struct spoil spoils[] = {
	{ "wrong magic", ELF_NOT_ELF, 0, 1, 0x7e },
	{ "32-bit class", ELF_FOR_32_BITS, 4, 1, ELF_CLASS_32 },
	{ "no class", ELF_BAD_CLASS, 4, 1, 0 },
	{ "unknown class", ELF_BAD_CLASS, 4, 1, 3 },
	{ "the other order of bytes", ELF_OTHER_ORDER, 5, 1, ORDER_IS_LITTLE ? ELF_BIG_ENDIAN : ELF_LITTLE_ENDIAN },
	{ "no order of bytes", ELF_OTHER_ORDER, 5, 1, 0 },
	{ "unknown version", ELF_BAD_VERSION, 20, 4, 2 },
	{ "foreign operating system ABI", ELF_BAD_VERSION, 7, 1, 9 },
	{ "another machine", ELF_WRONG_MACHINE, 18, 2, ELF_MACHINE_AARCH64 },
	{ "fixed-address executable", ELF_NOT_PIE, 16, 2, 2 },
	{ "odd program header size", ELF_BAD_HEADER, 54, 2, 57 },
	{ "too many program headers", ELF_BAD_HEADER, 56, 2, 0xffff },
	{ "no program headers", ELF_NO_SEGMENTS, 56, 2, 0 },
	{ "program headers past the end", ELF_HEADERS_OUTSIDE, 32, 8, SAMPLE_BYTES - 8 },
	{ "program header offset that wraps", ELF_HEADERS_OUTSIDE, 32, 8, U64_MAX - 8 },
	{ "interpreter", ELF_NEEDS_INTERPRETER, HEADER(SAMPLE_PT_STACK, P_TYPE), 4, 3 },
	{ "executable stack", ELF_STACK_EXECUTABLE, HEADER(SAMPLE_PT_STACK, P_FLAGS), 4, 7 },
	{ "segment past the end of the file", ELF_SEGMENT_OUTSIDE, HEADER(SAMPLE_LOAD_RW, P_OFFSET), 8, 0x4000 },
	{ "segment offset that wraps", ELF_SEGMENT_OUTSIDE, HEADER(SAMPLE_LOAD_RW, P_OFFSET), 8, U64_MAX - 0xfff },
	{ "file part larger than memory part", ELF_SEGMENT_SIZES, HEADER(SAMPLE_LOAD_RX, P_MEMSZ), 8, 0x7ff },
	{ "offset and address disagree", ELF_SEGMENT_ALIGNMENT, HEADER(SAMPLE_LOAD_RW, P_VADDR), 8, 0x3010 },
	{ "alignment not a power of two", ELF_SEGMENT_ALIGNMENT, HEADER(SAMPLE_LOAD_RX, P_ALIGN), 8, 0x1800 },
	{ "alignment too large", ELF_SEGMENT_ALIGNMENT, HEADER(SAMPLE_LOAD_RX, P_ALIGN), 8, 1ull << 40 },
	{ "writable code", ELF_SEGMENT_ACCESS, HEADER(SAMPLE_LOAD_RX, P_FLAGS), 4, 7 },
	{ "unknown access bits", ELF_SEGMENT_ACCESS, HEADER(SAMPLE_LOAD_RX, P_FLAGS), 4, 0x15 },
	{ "overlapping segments", ELF_SEGMENT_OVERLAP, HEADER(SAMPLE_LOAD_RX, P_MEMSZ), 8, 0x1800 },
	{ "segments out of order", ELF_SEGMENT_OVERLAP, HEADER(SAMPLE_LOAD_RW, P_VADDR), 8, 0x1000 },
	{ "address that wraps", ELF_SEGMENT_TOO_HIGH, HEADER(SAMPLE_LOAD_RW, P_VADDR), 8, U64_MAX - 0xfff },
	{ "memory size that wraps", ELF_SEGMENT_TOO_HIGH, HEADER(SAMPLE_LOAD_RW, P_MEMSZ), 8, U64_MAX },
	{ "not linked at zero", ELF_NOT_AT_ZERO, HEADER(SAMPLE_LOAD_R, P_TYPE), 4, 0x60000000 },
	{ "entry in data", ELF_BAD_ENTRY, 24, 8, 0x3000 },
	{ "entry after the code's file part", ELF_BAD_ENTRY, 24, 8, 0x1800 },
	{ "entry nowhere", ELF_BAD_ENTRY, 24, 8, U64_MAX },
	{ "dynamic table outside the file", ELF_BAD_DYNAMIC, HEADER(SAMPLE_PT_DYNAMIC, P_OFFSET), 8, 0x3ff0 },
	{ "two dynamic tables", ELF_BAD_DYNAMIC, HEADER(SAMPLE_PT_STACK, P_TYPE), 4, 2 },
	{ "endless dynamic table", ELF_BAD_DYNAMIC, HEADER(SAMPLE_PT_DYNAMIC, P_FILESZ), 8, 0x1000 },
	{ "shared library", ELF_NEEDS_LIBRARY, SAMPLE_DYNAMIC, 8, 1 },
	{ "text relocations", ELF_TEXT_RELOCATIONS, SAMPLE_DYNAMIC, 8, 22 },
	{ "lazy binding", ELF_BAD_RELOCATION_KIND, SAMPLE_DYNAMIC, 8, 2 },
	{ "relocation table outside the segments", ELF_BAD_RELOCATION_TABLE, SAMPLE_DYNAMIC + 8, 8, 0x9000 },
	{ "relocation table in bss", ELF_BAD_RELOCATION_TABLE, SAMPLE_DYNAMIC + 8, 8, 0x4000 },
	{ "relocation table of odd size", ELF_BAD_RELOCATION_TABLE, SAMPLE_DYNAMIC + 24, 8, 25 },
	{ "relocation table with a size that wraps", ELF_BAD_RELOCATION_TABLE, SAMPLE_DYNAMIC + 24, 8, U64_MAX / 24 * 24 },
	{ "relocation entries of odd size", ELF_BAD_RELOCATION_TABLE, SAMPLE_DYNAMIC + 40, 8, 16 },
	{ "symbolic relocation", ELF_BAD_RELOCATION_KIND, SAMPLE_RELA + 8, 8, 1ull << 32 | 8 },
	{ "relocation of another kind", ELF_BAD_RELOCATION_KIND, SAMPLE_RELA + 8, 8, 37 },
	{ "relocation in code", ELF_BAD_RELOCATION_TARGET, SAMPLE_RELA, 8, 0x1000 },
	{ "relocation across the end of data", ELF_BAD_RELOCATION_TARGET, SAMPLE_RELA, 8, 0x57fc },
	{ "relocation outside", ELF_BAD_RELOCATION_TARGET, SAMPLE_RELA, 8, U64_MAX - 3 },
	{ "packed relocation in code", ELF_BAD_RELOCATION_TARGET, SAMPLE_RELR, 8, 0x1100 },
	{ "packed relocations run past the data", ELF_BAD_RELOCATION_TARGET, SAMPLE_RELR, 8, 0x57f0 },
	{ "RELRO over code", ELF_BAD_RELRO, HEADER(SAMPLE_PT_RELRO, P_VADDR), 8, 0x1000 },
	{ "RELRO beyond its segment", ELF_BAD_RELRO, HEADER(SAMPLE_PT_RELRO, P_MEMSZ), 8, 0x2000 },
	{ "thread-local data nowhere", ELF_BAD_TLS, HEADER(SAMPLE_PT_RELRO, P_TYPE), 4, 7 },
};

static u8 file_bytes[SAMPLE_BYTES];

static void spoiled_files_are_refused(struct report *report)
{
	for (u32 i = 0; i < ARRAY_LEN(spoils); i++) {
		const struct spoil *spoil = ELEM(spoils, i);
		struct mspan file = MSPAN_OF_ARRAY(file_bytes);
		sample_make(file);
		/* The sample's own TLS case needs an address outside every segment as well. */
		if (spoil->expect == ELF_BAD_TLS)
			mspan_put_u64(file, sample_header(SAMPLE_PT_RELRO, P_VADDR), 0x8000);
		sample_put(file, spoil->at, spoil->value, spoil->width);
		struct elf_image image = {};
		enum elf_problem found = elf_parse_for(ELF_MACHINE_X86_64, span_of(file), &image);
		TEXT_BUFFER(name, 256);
		text_add_span(&name, span_until_zero(SPAN_OF_ARRAY(spoil->name)));
		text_add(&name, " is refused, for the reason: ");
		text_add_cstr(&name, elf_problem_text(spoil->expect));
		text_add(&name, "; found: ");
		text_add_cstr(&name, elf_problem_text(found));
		report_case(report, text_span(&name), found == spoil->expect);
	}
}

/* Of what elf_parse refuses on the machine at hand. */
static void the_processor_is_named(struct report *report)
{
	struct mspan file = MSPAN_OF_ARRAY(file_bytes);
	enum elf_machine other = elf_native_machine() == ELF_MACHINE_AARCH64 ? ELF_MACHINE_X86_64 : ELF_MACHINE_AARCH64;
	struct span name = other == ELF_MACHINE_AARCH64 ? span_text("aarch64; expected ") : span_text("x86_64; expected ");
	struct elf_image image = {};
	sample_make(file);
	sample_put(file, 18, other, 2);
	TEXT_BUFFER(text, 160);
	elf_problem_explain(&text, elf_parse(span_of(file), &image), span_of(file));
	bool ok = span_find_text(text_span(&text), name) < span_len(text_span(&text));
	text_clear(&text);
	sample_put(file, 18, 9999, 2);
	elf_problem_explain(&text, elf_parse(span_of(file), &image), span_of(file));
	ok = ok && span_find_text(text_span(&text), span_text("machine 9999; expected ")) < span_len(text_span(&text));
	report_case(report, span_text("the processor that a file is for, and the one expected, are named"), ok);
}

static void a_cut_file_is_refused(struct report *report)
{
	struct mspan file = MSPAN_OF_ARRAY(file_bytes);
	bool ok = true;
	sample_make(file);
	/* The last byte the file needs is the end of the last segment's file part. */
	for (usize bytes = 0; bytes < 0x3100; bytes++) {
		struct elf_image image = {};
		ok = ok && elf_parse_for(ELF_MACHINE_X86_64, span_first(span_of(file), bytes), &image) != ELF_OK;
	}
	report_case(report, span_text("a file cut anywhere is refused"), ok);
}

static void a_valid_file_is_described(struct report *report)
{
	struct mspan file = MSPAN_OF_ARRAY(file_bytes);
	struct elf_image image = {};
	sample_make(file);
	report_case(report, span_text("a valid file is taken"),
		elf_parse_for(ELF_MACHINE_X86_64, span_of(file), &image) == ELF_OK);
	report_case(report, span_text("its segments are counted"), image.segment_count == 4);
	report_case(report, span_text("its size is that of the last segment's end"), image.bytes == SAMPLE_IMAGE_BYTES);
	report_case(report, span_text("its entry is kept"), image.entry == SAMPLE_ENTRY);
	report_case(report, span_text("its RELRO area is whole pages"),
		image.relro.address == 0x2000 && image.relro.bytes == 0x1000);
	report_case(report, span_text("a segment is found by address"), elf_segment_of(&image, 0x57ff, 1) == 3);
	report_case(report, span_text("no segment is found in a gap"), elf_segment_of(&image, 0x1800, 1) == 4);
}

static void relocations_come_in_order(struct report *report)
{
	static const u64 expect[][2] = {
		{ SAMPLE_RELA_TARGET, SAMPLE_RELA_ADDEND },
		{ SAMPLE_RELR_FIRST, SAMPLE_RELR_VALUE },
		{ SAMPLE_RELR_SECOND, SAMPLE_RELR_VALUE },
	};
	struct mspan file = MSPAN_OF_ARRAY(file_bytes);
	struct elf_image image = {};
	sample_make(file);
	bool ok = elf_parse_for(ELF_MACHINE_X86_64, span_of(file), &image) == ELF_OK;
	struct elf_cursor cursor = {};
	struct elf_relocation relocation = {};
	u32 count = 0;
	while (ok && elf_relocation_next(span_of(file), &image, &cursor, &relocation)) {
		ok = count < ARRAY_LEN(expect) && relocation.address == expect[count][0] &&
		     relocation.addend == expect[count][1];
		count++;
	}
	report_case(report, span_text("RELA and RELR relocations come with address and addend"),
		ok && count == ARRAY_LEN(expect));
}

/* The promises of elf.h, asked of a description. */
static bool promises_hold(struct span file, const struct elf_image *image)
{
	u64 end = 0;
	bool ok = image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX && image->entry < image->bytes;
	for (u32 i = 0; ok && i < image->segment_count; i++) {
		const struct elf_segment *segment = ELEM(image->segment, i);
		u32 both = ELF_WRITE | ELF_EXECUTE;
		ok = page_floor(segment->address) >= end && span_has(file, segment->offset, segment->file_bytes) &&
		     segment->file_bytes <= segment->mem_bytes && (segment->access & both) != both;
		end = page_ceil(segment->address + segment->mem_bytes);
	}
	struct elf_cursor cursor = {};
	struct elf_relocation relocation = {};
	while (ok && elf_relocation_next(file, image, &cursor, &relocation)) {
		u32 index = elf_segment_of(image, relocation.address, 8);
		ok = index < image->segment_count && (ELEM(image->segment, index)->access & ELF_WRITE) != 0;
	}
	return ok && end == image->bytes;
}

static u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

static void damage_never_breaks_promises(struct report *report)
{
	u64 state = 1;
	bool ok = true;
	for (u32 round = 0; round < 20000; round++) {
		struct mspan file = MSPAN_OF_ARRAY(file_bytes);
		sample_make(file);
		for (u64 changes = next_random(&state) % 4 + 1; changes > 0; changes--) {
			/* Half of the damage goes to the headers, the rest to the tables. */
			u64 at = next_random(&state) % 2 == 0 ? next_random(&state) % 0x1c8
							      : (next_random(&state) % 2 == 0 ? SAMPLE_RELA : SAMPLE_DYNAMIC) +
									next_random(&state) % 0x90;
			mspan_put_u8(file, at, (u8)next_random(&state));
		}
		struct elf_image image = {};
		if (elf_parse_for(ELF_MACHINE_X86_64, span_of(file), &image) == ELF_OK)
			ok = ok && promises_hold(span_of(file), &image);
	}
	report_case(report, span_text("what is taken after random damage keeps the promises"), ok);
}

int main(void)
{
	struct report report = {};
	a_valid_file_is_described(&report);
	relocations_come_in_order(&report);
	spoiled_files_are_refused(&report);
	the_processor_is_named(&report);
	a_cut_file_is_refused(&report);
	damage_never_breaks_promises(&report);
	return report_end(&report);
}
