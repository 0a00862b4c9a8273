/* SPDX-License-Identifier: Apache-2.0
 *
 * The raw loader's header and first instructions. Started with the MMU off, a0 = the processor's number,
 * a1 = the device tree.
 * SPEC: Linux, Documentation/riscv/boot-image-header.rst; Documentation/riscv/boot.rst, "Register state"
 */
	.section .head, "ax", @progbits
	.globl _start
_start:
	.option push
	.option norvc
	j begin
	.option pop
	.long 0
	.quad 0x200000                  /* from a 2 MiB boundary on */
	.quad raw_bytes                 /* memory it takes */
	.quad 0                         /* little-endian */
	.long 2                         /* version 0.2 of the header */
	.long 0
	.quad 0
	.ascii "RISCV\0\0\0"
	.ascii "RSC\x05"
	.long 0

begin:
	csrw sie, zero
	csrci sstatus, 2
	mv s1, a0
	mv s2, a1
	lla s3, _start

	lla t0, raw_bss_start
	lla t1, raw_end
1:	sd zero, 0(t0)
	sd zero, 8(t0)
	addi t0, t0, 16
	bltu t0, t1, 1b

	/* Relocations: where, kind (all are relative), what to add the base to. */
	lla t0, raw_relocations_start
	lla t1, raw_relocations_end
2:	bgeu t0, t1, 3f
	ld t2, 0(t0)
	ld t3, 16(t0)
	addi t0, t0, 24
	add t2, t2, s3
	add t3, t3, s3
	sd t3, 0(t2)
	j 2b

3:	lla t0, machine_boot_hart
	sd s1, 0(t0)
	lla sp, stack_top
	li s0, 0
	li ra, 0
	mv a0, s2
	mv a1, s3
	lla a2, raw_end
	call load_main
4:	j 4b

	.section .bss.stack, "aw", @nobits
	.balign 16
	.skip 32768
stack_top:
