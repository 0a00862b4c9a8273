/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated machine that the kernel core runs on in host tests: memory, processors, a clock that
 * stands still unless told, interrupts that are delivered when the test says so.
 *
 * A kernel entry is a function call here. It ends when the core returns, which means that the
 * processor is in user mode, or when it asks to idle. Entries are atomic, unless whoever was named with
 * fake_run_with lets several processors go on in turns. What a broken invariant says goes to
 * standard error and the program ends with a signal.
 */
#ifndef TESTS_HOST_FAKE_HAL_MACHINE_H
#define TESTS_HOST_FAKE_HAL_MACHINE_H

#include "boot/boot_info.h"
#include "kernel/hal/cpu.h"
#include "lib/base/span.h"

enum : u32 { FAKE_CPUS_MAX = 8, FAKE_NODES = 2, FAKE_IRQ_LINES = 32, FAKE_EDGES_FROM = 8, FAKE_PORTS = 4096 };
enum : u64 { FAKE_MESSAGE_AT = 0xfee00000 };
enum : u64 { FAKE_MEMORY_BYTES = 64ull << 20, FAKE_IMAGE_AT = 2ull << 20, FAKE_IMAGE_BYTES = 16384 };

/* Where init's stack is known to be as large as this; tests use it as memory for arguments. */
enum : u64 { FAKE_STACK_BYTES = 16 * PAGE_BYTES };

/* Gives the machine its memory, all zero; before anything else. */
void fake_power_on(u64 memory_bytes);

/* Physical memory as bytes. */
struct mspan fake_memory(u64 at, u64 bytes);

/* Boot information for the machine's memory: two nodes, whose processors are the even and the odd
 * ones; the image at FAKE_IMAGE_AT. */
void fake_boot_info(struct boot_info *info);

/* Writes a small valid system image with an init of two segments. */
void fake_write_image(void);

/* fake_power_on, image, the kernel's own start on processor 0, the start of the others. After it
 * the first process runs on processor 0. */
void fake_boot(u32 cpus);

/* Runs core_start with the boot information given. */
void fake_start(const struct boot_info *info, u32 cpus);

/* ---- processors ---- */

/* Makes a processor the one that the core finds itself on. */
void fake_select(u32 cpu);
bool fake_is_idle(u32 cpu);

/* Kernel entries. The processor is selected. A system call or a fault needs user mode. */
void fake_syscall(u32 cpu);
void fake_fault(u32 cpu, u32 kind, u64 address);
void fake_fpu_use(u32 cpu);
void fake_timer(u32 cpu);  /* whatever it was armed for */
void fake_irq(u32 cpu, u32 line);
void fake_ipi(u32 cpu);

/* ---- processors that pause in the kernel ---- */

/* From now on a kernel entry only makes a processor be inside; then `run` is called to let it go on, as far
 * as it likes and along with others. null: an entry runs to its end at once. */
void fake_run_with(void (*run)(u32 cpu));

/* Lets a processor that is inside go on until it has left, waits for another, or has passed that many
 * switch points; 0: any number. */
void fake_go(u32 cpu, u64 points);
bool fake_is_inside(u32 cpu);
/* It paused because it waits: for a lock, or for another's flush. */
bool fake_is_waiting(u32 cpu);

/* A switch point: called by code that was compiled with them, before each access to memory. */
void fake_point(void);

/* With telling on, the stack is printed whenever one pauses at a switch point. */
void fake_tell(bool on);

/* It may still use a translation that another has removed from the tables. */
bool fake_holds_stale(u32 cpu);

/* ---- what is pending ---- */

bool fake_ipi_pending(u32 cpu);
bool fake_timer_due(u32 cpu);
u64 fake_timer_at(u32 cpu);

u64 fake_now(void);
void fake_set_now(u64 ns); /* delivers nothing; never back */

/* Delivers interprocessor interrupts and due timers until there are none, but to processors in the kernel. */
void fake_settle(void);

/* Lets time go by, stopping at every timer on the way. */
void fake_advance(u64 ns);

/* ---- knobs and records ---- */

/* hal_interrupt_pending() answers true once every `every` times; 0: never. */
void fake_interrupt_every(u32 every);

struct fake_records {
	u64 ipis, shootdowns, flushes, unmasked, powered_off, rebooted, port_writes;
	u32 last_port, last_port_value;
	u64 tls;
};
const struct fake_records *fake_records(void);
bool fake_line_masked(u32 line);
bool fake_line_edge(u32 line);

/* What happens when the kernel turns the machine off, which without it has no effect: a test that lets it
 * ends its program there. */
void fake_at_power_off(void (*then)(void));

/* Copies of what went to the early console, newest last; at most the last 64 KiB. */
struct span fake_console(void);
void fake_console_clear(void);

#endif
