/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the fake HAL share.
 */
#ifndef TESTS_HOST_FAKE_HAL_STATE_H
#define TESTS_HOST_FAKE_HAL_STATE_H

#include "tests/host/fake_hal/machine.h"

struct fake_cpu {
	bool idle, online;
	bool ipi;
	u64 timer_ns; /* U64_MAX: not armed */
};

struct fake_state {
	u32 cpus;
	u64 now_ns;
	u64 memory_bytes;
	u32 interrupt_every, interrupt_asked;
	struct fake_cpu cpu[FAKE_CPUS_MAX];
	bool masked[FAKE_IRQ_LINES];
	struct fake_records records;
};

extern struct fake_state fake;

/* The processor is no longer in user mode or idle: what follows is in the kernel. */
enum fake_entry : u32 {
	FAKE_ENTRY_START, FAKE_ENTRY_SECONDARY, FAKE_ENTRY_SYSCALL, FAKE_ENTRY_FAULT, FAKE_ENTRY_FPU, FAKE_ENTRY_TIMER,
	FAKE_ENTRY_IRQ, FAKE_ENTRY_IPI
};

struct fake_arguments {
	u32 kind;
	u64 address;
};

void fake_enter(u32 cpu, enum fake_entry entry, const struct fake_arguments *arguments);
void fake_enter_start(const struct boot_info *info);

#endif
