/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as an executable, and the same bytes as a list of changes to a valid
 * one, which gets past the first checks. What is taken is also walked to the end.
 */
#include "lib/base/fuzz/fuzz.h"
#include "lib/elf/tests/sample.h"

enum : usize { CHANGE_BYTES = 3 /* two of place, one of value */ };

static u8 sample[SAMPLE_BYTES];

static void try_file(struct span file)
{
	struct elf_image image = {};
	if (elf_parse_for(ELF_MACHINE_X86_64, file, &image) != ELF_OK)
		return;
	INVARIANT(image.bytes <= ELF_IMAGE_MAX && image.entry < image.bytes, "ELF-SEGMENTS");
	INVARIANT(image.relro.address + image.relro.bytes <= image.bytes, "ELF-SEGMENTS");
	struct elf_cursor cursor = {};
	struct elf_relocation relocation = {};
	while (elf_relocation_next(file, &image, &cursor, &relocation))
		INVARIANT(elf_segment_of(&image, relocation.address, 8) < image.segment_count, "ELF-RELOCS");
}

void fuzz_one(struct span input)
{
	try_file(input);
	sample_make(MSPAN_OF_ARRAY(sample));
	for (usize at = 0; span_has(input, at, CHANGE_BYTES); at += CHANGE_BYTES)
		mspan_put_u8(MSPAN_OF_ARRAY(sample), span_le16(input, at) % SAMPLE_BYTES, span_u8(input, at + 2));
	try_file(SPAN_OF_ARRAY(sample));
}
