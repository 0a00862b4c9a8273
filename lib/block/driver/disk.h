/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of disks have in common: a disk as a file, with reads at any offset and writes of whole sectors; and for clients
 * of lib/block requests whose data the device reads and writes in the client's window (docs/adr/0037), by calls and through rings
 * (docs/adr/0052). A driver sets its device up, which ends all that an earlier instance had asked of it, and then:
 *
 *	disk_open(&disk, &memory, &why);                     before the device is started
 *	...                                                  the device's interrupt is to raise DISK_DEVICE_BIT
 *	disk_serve();
 *
 * What is the device's own it provides as block_device_*, which are called here.
 */
#ifndef LIB_BLOCK_DRIVER_DISK_H
#define LIB_BLOCK_DRIVER_DISK_H

#include "lib/base/text.h"
#include "lib/block/protocol/request.h"
#include "lib/driver/dma.h"

/* Of the service's signal. */
enum : u32 { DISK_DEVICE_BIT = 0, DISK_TIMER_BIT = 1 };

/* Takes memory for copies from what is left of `memory'; `why' says what is missing. */
[[nodiscard]] enum status disk_open(const struct block_disk *disk, struct dma_memory *memory, struct text *why);
NORETURN void disk_serve(void);

/* Of a job that the device has: what was asked; and what became of it. */
const struct block_request *disk_asked(u32 job);
void disk_done(u32 job, enum status status);

/* ---- what the driver of the device provides ---- */

/* Jobs have numbers, each its own until disk_done; at most as many are under way. */
enum : u32 { DISK_JOBS = 64 };

/* Whether the device takes one more; and one more, if it does. `home' is a number that requests of one window have in common. */
bool block_device_has_room(void);
[[nodiscard]] bool block_device_put(u32 job, const struct block_request *what, u32 home);

/* On an interrupt: lets the next one come, and says disk_done of each job that the device has finished. */
void block_device_take(void);

/* The device cannot be relied on. */
NORETURN void block_device_abandon(struct span why);

#endif
