/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside lib/elf: program headers as read from the file, and the checks of what hangs off them.
 */
#ifndef LIB_ELF_READ_H
#define LIB_ELF_READ_H

#include "lib/elf/elf.h"

/* SPEC: gABI 4.1 "ELF Header", e_machine */
enum : u64 { ELF_MACHINE_AT = 18 };

/* SPEC: gABI 5.2 "Program Header" */
struct elf_program_header {
	u32 type, flags;
	u64 offset, address, file_bytes, mem_bytes, align;
};

/* Reads the dynamic table and the relocation tables it names; image->segment is complete. */
[[nodiscard]] enum elf_problem elf_dynamic_check(struct span file, const struct elf_program_header *dynamic,
	struct elf_image *image);

/* Checks kind and target of every relocation; image->rela and image->relr lie in the file. */
[[nodiscard]] enum elf_problem elf_relocations_check(struct span file, const struct elf_image *image);

/* RELRO and TLS: image->segment is complete. */
[[nodiscard]] enum elf_problem elf_relro_check(const struct elf_program_header *relro, struct elf_image *image);
[[nodiscard]] enum elf_problem elf_tls_check(const struct elf_program_header *tls, struct elf_image *image);

#endif
