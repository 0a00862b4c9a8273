/* SPDX-License-Identifier: Apache-2.0
 *
 * The raw loader's header and first instructions. Started with the MMU off, x0 = the device tree.
 * SPEC: Linux, Documentation/arch/arm64/booting.rst, "Call the kernel image"
 */
	.section .head, "ax", @progbits
	.globl _start
_start:
	b begin
	.long 0
	.quad 0                         /* from a 2 MiB boundary on */
	.quad raw_bytes                 /* memory it takes */
	.quad 0xa                       /* little-endian, 4 KiB pages, anywhere in memory */
	.quad 0, 0, 0
	.ascii "ARM\x64"
	.long 0

begin:
	msr daifset, #15
	mov x19, x0
	adrp x20, _start
	add x20, x20, :lo12:_start

	adrp x1, raw_bss_start
	add x1, x1, :lo12:raw_bss_start
	adrp x2, raw_end
	add x2, x2, :lo12:raw_end
1:	stp xzr, xzr, [x1], #16
	cmp x1, x2
	b.lo 1b

	/* Relocations: where, kind (all are relative), what to add the base to. */
	adrp x1, raw_relocations_start
	add x1, x1, :lo12:raw_relocations_start
	adrp x2, raw_relocations_end
	add x2, x2, :lo12:raw_relocations_end
2:	cmp x1, x2
	b.hs 3f
	ldp x3, x4, [x1], #16
	ldr x4, [x1], #8
	add x4, x4, x20
	str x4, [x20, x3]
	b 2b

3:	adrp x1, stack_top
	add x1, x1, :lo12:stack_top
	mov sp, x1
	mov x29, xzr
	mov x30, xzr
	mov x0, x19
	mov x1, x20
	adrp x2, raw_end
	add x2, x2, :lo12:raw_end
	bl load_main
	b .

	.section .bss.stack, "aw", @nobits
	.balign 16
	.skip 32768
stack_top:
