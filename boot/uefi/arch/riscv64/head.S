/* SPDX-License-Identifier: Apache-2.0
 *
 * The UEFI loader's headers and first instructions. Firmware loads it anywhere, with zeros behind the file's end, and
 * calls uefi_start with a0 = the loader's handle, a1 = the system table. WHY no relocations of UEFI's kind: none are
 * needed for code, and those of data are applied here.
 * SPEC: Microsoft PE Format, "MS-DOS Stub", "COFF File Header", "Optional Header (Image Only)", "Section Table";
 * UEFI 2.10 2.1.1 "UEFI Images", 2.3.7.1 "Handoff State"
 */
#define PE_MACHINE_RISCV64 0x5064
#define PE_EXECUTABLE 0x2
#define PE_LARGE_ADDRESSES 0x20
#define PE_NO_DEBUGGING 0x200
#define PE_PLUS 0x20b
#define PE_EFI_APPLICATION 10
#define PE_NX 0x100
#define PE_CODE 0x60000020              /* code, executed, read */
#define PE_DATA 0xc0000040              /* initialized data, read, written */
#define PE_FILE_STEP 512
#define PE_DIRECTORIES 6

	.section .head, "a", @progbits
	.ascii "MZ"
	.skip 58
	.long pe_header - .head

pe_header:
	.ascii "PE\0\0"
	.short PE_MACHINE_RISCV64
	.short 2                        /* sections */
	.long 0, 0, 0                   /* time, symbols: none */
	.short sections - optional
	.short PE_EXECUTABLE | PE_LARGE_ADDRESSES | PE_NO_DEBUGGING

optional:
	.short PE_PLUS
	.byte 0, 0                      /* version of a linker */
	.long image_code_bytes, image_memory_bytes, 0
	.long image_entry
	.long image_code
	.quad 0                         /* address it was linked for */
	.long 4096, PE_FILE_STEP
	.short 0, 0, 0, 0, 0, 0         /* versions */
	.long 0
	.long image_end
	.long image_code                /* bytes of headers */
	.long 0
	.short PE_EFI_APPLICATION
	.short PE_NX
	.quad 0, 0, 0, 0                /* stack and heap are firmware's */
	.long 0
	.long PE_DIRECTORIES
	.skip 8 * PE_DIRECTORIES

sections:
	.ascii ".text\0\0\0"
	.long image_code_bytes, image_code, image_code_bytes, image_code
	.long 0, 0, 0
	.long PE_CODE
	.ascii ".data\0\0\0"
	.long image_memory_bytes, image_data, image_data_bytes, image_data
	.long 0, 0, 0
	.long PE_DATA

	.text
	.globl uefi_start
	.type uefi_start, @function
uefi_start:
	lla t0, uefi_relocations_start
	lla t1, uefi_relocations_end
	lla t2, uefi_base
	/* Where, kind (all are relative), what to add the base to. */
1:	bgeu t0, t1, 2f
	ld t3, 0(t0)
	ld t4, 16(t0)
	addi t0, t0, 24
	add t3, t3, t2
	add t4, t4, t2
	sd t4, 0(t3)
	j 1b
2:	tail efi_main
	.size uefi_start, . - uefi_start
