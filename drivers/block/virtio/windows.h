/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows: memory that the device sees, lent to open files one each (docs/adr/0037). Which file has which is in the file's
 * kept state, so that windows and mappings of them outlive an instance.
 */
#ifndef DRIVERS_BLOCK_VIRTIO_WINDOWS_H
#define DRIVERS_BLOCK_VIRTIO_WINDOWS_H

#include "lib/service/service.h"

enum : u32 { WINDOWS_MAX = 5 };

/* Finds the pieces; as many windows as there are. */
void windows_open(void);

/* Each open file has what its state says; what nobody has is taken back from whoever held it. */
void windows_kept(void);

/* The file's window, from 1 on: its own, or a free one, zeroed. BUSY: all are lent, or the device is not done with them. */
[[nodiscard]] enum status windows_lease(struct service_file *file, u32 *window);

/* The window that the file has; 0: none. */
u32 windows_of(const struct service_file *file);

/* Answers with the window's memory. */
[[nodiscard]] enum status windows_answer(struct service_call *call, u32 window);

/* The file is closed: its window is nobody's any more. */
void windows_end(struct service_file *file);

/* Where the device finds it. */
u64 windows_address(u32 window);

/* One more, or one less, request of the device's is under way there. */
void windows_use(u32 window);
void windows_done(u32 window);

#endif
