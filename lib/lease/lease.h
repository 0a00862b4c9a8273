/* SPDX-License-Identifier: Apache-2.0
 *
 * A driver's window, from its client's side: memory that is mapped here and that the device reads and writes. See protocol.h.
 * What is in it may be changed by the device at any time.
 */
#ifndef LIB_LEASE_LEASE_H
#define LIB_LEASE_LEASE_H

#include "lib/9p/file.h"
#include "lib/lease/protocol/protocol.h"
#include "lib/rt/memory.h"
#include "lib/rt/message.h"

struct lease {
	struct file file;
	pages_t window;
	handle_t signal, bell;  /* with rings */
	bool doubtful;          /* whether the window is there still; set by the driver's word, cleared by its answer */
};

/* Opens the file and takes its window, of so many bytes; `answer' has the driver's words. Once more with `rings' it has
 * rings, too. NOT_SUPPORTED: the path is no such driver's. */
[[nodiscard]] enum status lease_open(struct lease *lease, struct span path, u32 flags);
[[nodiscard]] enum status lease_take(struct lease *lease, bool rings, u64 bytes, struct message *answer);
void lease_close(struct lease *lease);

static inline struct mspan lease_window(const struct lease *lease) { return rt_pages_mspan(lease->window); }

/* A call that may be made twice: made again when the driver dies before it has answered. Without capabilities. */
[[nodiscard]] enum status lease_call(const struct lease *lease, struct message *m);

/* To be asked before the window is looked at: OK, or as LEASE_ASK, or GIVEN_UP. */
[[nodiscard]] enum status lease_is_good(struct lease *lease);

/* Wakes the driver. */
void lease_ring(const struct lease *lease);

/* Sleeps until the driver raises one of the bits. OK: it may be worth looking again. TIMED_OUT, or as lease_is_good. */
[[nodiscard]] enum status lease_wait(struct lease *lease, u64 bits, u64 deadline_ns);

#endif
