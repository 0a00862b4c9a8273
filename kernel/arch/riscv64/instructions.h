/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: instructions that C has no words for.
 * SPEC: RISC-V Unprivileged ISA 20191213, chapters 3 (Zifencei), 9 (Zicsr); RISC-V Privileged Architecture 20211203, 4.2.1
 */
#ifndef KERNEL_ARCH_RISCV64_INSTRUCTIONS_H
#define KERNEL_ARCH_RISCV64_INSTRUCTIONS_H

#include "lib/base/addr.h"

struct riscv64_answer { u64 error, value; };

UNSAFE_BEGIN("SAFETY: each is one instruction with its operands declared; the callers own the registers they name");
/* A control register by its name or number. */
#define CSR_READ(name) \
	({ u64 value_; __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); value_; })
#define CSR_WRITE(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((u64)(value)) : "memory")
#define CSR_SET(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"((u64)(bits)) : "memory")
#define CSR_CLEAR(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((u64)(bits)) : "memory")

/* Forgets translations on this processor: all; all of an id; of an id, one page. What was stored before is seen by
 * walks behind it. */
static FORCE_INLINE void riscv64_forget_all(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static FORCE_INLINE void riscv64_forget_id(u64 id) { __asm__ volatile("sfence.vma zero, %0" : : "r"(id) : "memory"); }
static FORCE_INLINE void riscv64_forget_page(u64 at, u64 id)
{
	__asm__ volatile("sfence.vma %0, %1" : : "r"(at), "r"(id) : "memory");
}

/* The same in three parts, for several pages: between what was stored before and walks behind it. Only with Svinval;
 * by number, since the assembler is not told of it. SPEC: Privileged Architecture 20211203, chapter 7 "Svinval" */
static FORCE_INLINE void riscv64_forget_begin(void) { __asm__ volatile(".insn r 0x73, 0, 12, x0, x0, x0" : : : "memory"); }
#define riscv64_forget_one(at, id) __asm__ volatile(".insn r 0x73, 0, 11, x0, %0, %1" : : "r"(at), "r"((u64)(id)) : "memory")
static FORCE_INLINE void riscv64_forget_end(void) { __asm__ volatile(".insn r 0x73, 0, 12, x0, x0, x1" : : : "memory"); }

static FORCE_INLINE void riscv64_fetch_anew(void) { __asm__ volatile("fence.i" : : : "memory"); }
static FORCE_INLINE void riscv64_wait(void) { __asm__ volatile("wfi" : : : "memory"); }

/* Memory and devices, in this order, for others and for devices. */
static FORCE_INLINE void riscv64_device_fence(void) { __asm__ volatile("fence iorw, iorw" : : : "memory"); }

static FORCE_INLINE void riscv64_set_cpu(u64 address) { __asm__ volatile("mv tp, %0" : : "r"(address) : "memory"); }

/* Firmware's services. SPEC: RISC-V SBI 1.0, chapter 3 "Binary Encoding" */
static FORCE_INLINE struct riscv64_answer riscv64_firmware(u64 extension, u64 function, u64 a, u64 b, u64 c, u64 d, u64 e)
{
	register u64 a0 __asm__("a0") = a;
	register u64 a1 __asm__("a1") = b;
	register u64 a2 __asm__("a2") = c;
	register u64 a3 __asm__("a3") = d;
	register u64 a4 __asm__("a4") = e;
	register u64 a6 __asm__("a6") = function;
	register u64 a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
	return (struct riscv64_answer){ a0, a1 };
}
UNSAFE_END();

#endif
