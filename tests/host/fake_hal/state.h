/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the fake HAL share.
 */
#ifndef TESTS_HOST_FAKE_HAL_STATE_H
#define TESTS_HOST_FAKE_HAL_STATE_H

#include "tests/host/fake_hal/machine.h"

/* The processor is no longer in user mode or idle: what follows is in the kernel. */
enum fake_entry : u32 {
	FAKE_ENTRY_START, FAKE_ENTRY_SECONDARY, FAKE_ENTRY_SYSCALL, FAKE_ENTRY_FAULT, FAKE_ENTRY_FPU, FAKE_ENTRY_TIMER,
	FAKE_ENTRY_IRQ, FAKE_ENTRY_IPI
};

struct fake_arguments {
	u32 kind;
	u64 address;
};

struct fake_cpu {
	bool idle;
	bool ipi;
	u64 timer_ns; /* U64_MAX: not armed */

	/* While it is in the kernel */
	bool inside, begun, was_idle;
	bool waiting;           /* it paused because it waits for another */
	enum fake_entry entry;
	struct fake_arguments arguments;

	/* Translations */
	bool flush_asked;       /* another waits until it has flushed */
	u32 stale;              /* it may hold translations that these processors have removed from the tables */
};

struct fake_state {
	u32 cpus;
	u64 now_ns;
	u64 memory_bytes;
	u32 interrupt_every, interrupt_asked;
	u64 until_pause;                /* switch points until the running processor pauses; 0: it does not */
	void (*run)(u32 cpu);           /* who runs a processor that is in the kernel; null: nobody interferes */
	bool tell;
	struct boot_info boot;
	struct fake_cpu cpu[FAKE_CPUS_MAX];
	bool masked[FAKE_IRQ_LINES], edge[FAKE_IRQ_LINES];
	struct fake_records records;
};

extern struct fake_state fake;

/* core_start on processor 0; core_start_secondary on another. */
void fake_enter_start(const struct boot_info *info);
void fake_enter_secondary(u32 cpu);

#endif
