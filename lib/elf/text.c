/* SPDX-License-Identifier: Apache-2.0
 *
 * The reasons why a file was refused, in words; and parsing for the machine at hand.
 */
#include "lib/elf/elf.h"

static const char *const problem_text[ELF_PROBLEM_COUNT] = {
	[ELF_OK] = "is a proper executable",
	[ELF_TOO_SHORT] = "is too short for an ELF header; the file is cut off or empty",
	[ELF_TOO_LONG] = "is longer than 1 GiB",
	[ELF_NOT_ELF] = "is not an ELF file: the first four bytes are wrong",
	[ELF_NOT_64_LE] = "is not a 64-bit little-endian ELF file",
	[ELF_BAD_VERSION] = "has an unknown ELF version or ABI",
	[ELF_WRONG_MACHINE] = "is built for another processor",
	[ELF_NOT_PIE] = "is not position-independent; link it as a static PIE",
	[ELF_BAD_HEADER] = "has a damaged ELF header: sizes in it are wrong",
	[ELF_HEADERS_OUTSIDE] = "has program headers outside the file; the file is cut off or damaged",
	[ELF_NEEDS_INTERPRETER] = "asks for a dynamic linker; link it as a static PIE",
	[ELF_NEEDS_LIBRARY] = "asks for a shared library; link it statically",
	[ELF_STACK_EXECUTABLE] = "asks for an executable stack",
	[ELF_NO_SEGMENTS] = "has nothing to load",
	[ELF_TOO_MANY_SEGMENTS] = "has more than 16 segments",
	[ELF_SEGMENT_OUTSIDE] = "has a segment outside the file; the file is cut off or damaged",
	[ELF_SEGMENT_SIZES] = "has a segment that is larger in the file than in memory",
	[ELF_SEGMENT_ALIGNMENT] = "has a segment whose place in the file does not fit its address",
	[ELF_SEGMENT_ACCESS] = "has a segment that is both writable and executable, or not readable",
	[ELF_SEGMENT_OVERLAP] = "has segments that overlap, share a page or are out of order",
	[ELF_SEGMENT_TOO_HIGH] = "has a segment that ends above 1 GiB or wraps around",
	[ELF_NOT_AT_ZERO] = "is not linked at address 0",
	[ELF_BAD_DYNAMIC] = "has a damaged dynamic table",
	[ELF_TEXT_RELOCATIONS] = "has relocations in its code; compile it with -fPIE",
	[ELF_BAD_RELOCATION_TABLE] = "has a relocation table outside its segments or of a wrong size",
	[ELF_BAD_RELOCATION_KIND] = "has relocations that are not of the RELATIVE kind",
	[ELF_BAD_RELOCATION_TARGET] = "has a relocation outside its writable segments",
	[ELF_BAD_RELRO] = "has a RELRO area that is not inside a writable segment",
	[ELF_BAD_TLS] = "has thread-local data outside its segments or with a wrong alignment",
	[ELF_BAD_ENTRY] = "starts at an address outside its code",
};

const char *elf_problem_text(enum elf_problem problem)
{
	if (problem >= ELF_PROBLEM_COUNT)
		return "was refused for an unknown reason";
	return problem_text[problem];
}

enum elf_problem elf_parse(struct span file, struct elf_image *out)
{
	return elf_parse_for(elf_native_machine(), file, out);
}
