/* SPDX-License-Identifier: Apache-2.0
 *
 * What loaders need from a processor; one implementation per architecture in arch/.
 */
#ifndef BOOT_MACHINE_MACHINE_H
#define BOOT_MACHINE_MACHINE_H

#include "lib/base/addr.h"
#include "lib/base/span.h"

/* The cycle counter the kernel's clock is based on. */
u64 machine_ticks(void);

/* A random number from the processor, if it has a source. */
[[nodiscard]] bool machine_random(u64 *out);

/* What the processor lacks, in words; empty if nothing. */
struct span machine_missing(void);

/* Levels of page tables that the processor walks. Behind machine_missing. */
u32 machine_levels(void);

/* True if page tables may use 1 GiB pages. */
bool machine_giant_pages(void);

/* One byte on the first serial port, without firmware. Nothing happens if there is none. A machine without a
 * fixed place for it is told where it is, or 0, before. */
void machine_serial_set(u64 address);
void machine_serial_start(void);
void machine_serial_put(u8 byte);

/* The number of the processor that started, for the kernel; does nothing where processors can tell it themselves. */
void machine_processor_set(u64 number);

/* A hint inside a waiting loop. */
void machine_relax(void);

/* Memory that was written before the caches were on is forgotten by them. Does nothing where they always are. */
void machine_written(u64 address, u64 bytes);

/* Leaves for the kernel: interrupts off, the tables at root active, the stack at `stack`, the
 * boot info's address as first argument. The loader's code is mapped where it runs. */
NORETURN void machine_enter(u64 root, u64 entry, u64 info, u64 stack);

#endif
