/* SPDX-License-Identifier: Apache-2.0
 *
 * Child processes: this program again, doing one thing.
 */
#ifndef TESTS_CONFORM_CHILD_H
#define TESTS_CONFORM_CHILD_H

#include "lib/base/addr.h"
#include "lib/base/span.h"

/* What a child does: `conform child KIND`. With the capability "peer" if one is given. */

/* Starts a child; faults of it just end it unless `faults` is given. */
handle_t child_start(struct span kind, handle_t peer, handle_t faults);

/* Waits for its end; false if it does not come. */
struct child_end {
	u64 status;
	u32 reason;
};
[[nodiscard]] bool child_wait(handle_t process, struct child_end *end);

/* Starts, waits, drops. */
struct child_end child_run(struct span kind, handle_t peer);

/* In the child: its share of counting. */
u64 words_in_child(void);

/* In the child. */
u64 child_main(struct span kind);

#endif
