/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: messages of devices. See imsic.h. The registers are reached by number through two of the processor's:
 * siselect and sireg; stopei has the first number that waits. All run with interrupts off.
 * SPEC: RISC-V AIA 1.0, 2.3 "Supervisor-level CSRs", 3.8 "Supervisor-level interrupt file" (registers by number), 3.10
 */
#include "kernel/arch/riscv64/imsic.h"
#include "kernel/arch/riscv64/instructions.h"

enum : u64 { DELIVERY = 0x70, THRESHOLD = 0x72, WAITING = 0x80, ENABLED = 0xc0, NUMBER_SHIFT = 16, NUMBER_MASK = 0x7ff };
/* With 64 bits, registers of odd numbers are not there. */
enum : u32 { WORD_NUMBERS = 64, WORD_STEP = 2 };

static void set(u64 which, u64 value)
{
	CSR_WRITE(0x150, which);
	CSR_WRITE(0x151, value);
}

static u64 word_of(u64 first, u32 number) { return first + number / WORD_NUMBERS * WORD_STEP; }

void imsic_enable_cpu(u32 numbers)
{
	for (u32 number = 0; number <= numbers; number += WORD_NUMBERS) {
		set(word_of(WAITING, number), 0);
		set(word_of(ENABLED, number), U64_MAX);
	}
	set(THRESHOLD, 0);
	set(DELIVERY, 1);
}

/* WHY not by writing stopei: what it takes is the first that waits then, which may have come since the look. */
u32 imsic_take(void)
{
	u32 number = (u32)(CSR_READ(0x15c) >> NUMBER_SHIFT & NUMBER_MASK);

	if (number == 0)
		return 0;
	CSR_WRITE(0x150, word_of(WAITING, number));
	CSR_CLEAR(0x151, 1ull << number % WORD_NUMBERS);
	return number;
}
