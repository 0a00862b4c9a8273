/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine this code is built for, as an ELF file names it: riscv64.
 */
#include "lib/elf/elf.h"

enum elf_machine elf_native_machine(void)
{
	return ELF_MACHINE_RISCV;
}
