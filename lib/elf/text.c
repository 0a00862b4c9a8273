/* SPDX-License-Identifier: Apache-2.0
 *
 * The reasons why a file was refused, in words; and parsing for the machine at hand.
 */
#include "lib/elf/elf.h"
#include "lib/elf/read.h"

static const char *const problem_text[ELF_PROBLEM_COUNT] = {
	[ELF_OK] = "is a proper executable",
	[ELF_TOO_SHORT] = "is too short for an ELF header; the file is cut off or empty",
	[ELF_TOO_LONG] = "is longer than 1 GiB",
	[ELF_NOT_ELF] = "is not an ELF file: the first four bytes are wrong",
	[ELF_FOR_32_BITS] = "is an ELF file of class 32, for words of 32 bits; expected class 64",
	[ELF_BAD_CLASS] = "is an ELF file of no class; expected class 64",
	[ELF_OTHER_ORDER] = ORDER_IS_LITTLE ? "is a big-endian ELF file, or of no known order of bytes; expected little-endian"
					    : "is a little-endian ELF file, or of no known order of bytes; expected big-endian",
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

/* SPEC: gABI e_machine, and its registry */
static void add_machine(struct text *to, u16 machine)
{
	switch (machine) {
	case 3:
		text_add(to, "i386");
		return;
	case 40:
		text_add(to, "arm");
		return;
	case ELF_MACHINE_X86_64:
		text_add(to, "x86_64");
		return;
	case ELF_MACHINE_AARCH64:
		text_add(to, "aarch64");
		return;
	case ELF_MACHINE_RISCV:
		text_add(to, "riscv");
		return;
	default:
		text_add(to, "machine ");
		text_add_u64(to, machine);
	}
}

void elf_problem_explain(struct text *to, enum elf_problem problem, struct span file)
{
	text_add_cstr(to, elf_problem_text(problem));
	if (problem != ELF_WRONG_MACHINE)
		return;
	text_add(to, ", ");
	add_machine(to, span_u16(file, ELF_MACHINE_AT));
	text_add(to, "; expected ");
	add_machine(to, elf_native_machine());
}

enum elf_problem elf_parse(struct span file, struct elf_image *out)
{
	return elf_parse_for(elf_native_machine(), file, out);
}
