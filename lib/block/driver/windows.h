/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows: memory that the device sees, lent to open files one each (docs/adr/0037), and rings in them (docs/adr/0052). Which
 * file has which, and whether with rings, is in the file's kept state, so that windows and mappings of them outlive an instance.
 */
#ifndef LIB_BLOCK_DRIVER_WINDOWS_H
#define LIB_BLOCK_DRIVER_WINDOWS_H

#include "lib/ring/ring.h"
#include "lib/service/service.h"

enum : u32 { WINDOWS_MAX = 5 };

/* Finds the pieces; as many windows as there are. */
void windows_open(void);

/* Each open file has what its state says; what nobody has is taken back from whoever held it. */
void windows_kept(void);

/* Lends the file its window, from 1 on: its own, or a free one, zeroed. BUSY: all are lent, or the device is not done with
 * them. */
[[nodiscard]] enum status windows_lease(struct service_call *call, struct service_file *file);

/* As LEASE_ASK. */
[[nodiscard]] enum status windows_ask(const struct service_file *file);

/* The window that the file has; 0: none. */
u32 windows_of(const struct service_file *file);

/* The file is closed: its window is nobody's any more. */
void windows_end(struct service_file *file);

/* Where the device finds it. */
u64 windows_address(u32 window);

/* One more, or one less, request of the device's is under way there. */
void windows_use(u32 window);
void windows_done(u32 window);

/* ---- rings ---- */

/* A bit, from 1 on, for each window whose rings are served. */
u32 windows_with_rings(void);

/* The next request of such a window, and the flags of its file. */
enum ring_taken windows_take(u32 window, struct ring_entry *request, u32 *flags);

/* It wrote what cannot be: it is served no more, and told so once. */
void windows_break(u32 window);

/* There is nothing more at the moment; whoever puts more wakes the driver. False: there is more already. */
[[nodiscard]] bool windows_sleep(u32 window);

/* The answer, of which windows_tell tells; to nobody if who had asked is gone. */
void windows_answer(u32 window, u64 number, enum status status);
void windows_tell(void);

#endif
