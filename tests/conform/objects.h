/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects to test with. A failure to make one fails the test.
 */
#ifndef TESTS_CONFORM_OBJECTS_H
#define TESTS_CONFORM_OBJECTS_H

#include "lib/rt/message.h"
#include "lib/rt/rt.h"
#include "lib/rt/thread.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "tests/conform/check.h"

enum : u32 { ALL_RIGHTS = 0xffff };
enum : u64 { BAD_USER_ADDRESS = 0x0000000911223000ull, KERNEL_ADDRESS = 0xffff800000000000ull };
/* How long something that must happen may take, and how long a test looks for what must not. */
enum : u64 { SOON_NS = 5000000000ull, MOMENT_NS = 20000000ull };

handle_t new_signal(void);
handle_t new_endpoint(u32 depth);
handle_t new_reply(void);
handle_t new_memory(u64 pages);
handle_t new_group(void);
handle_t new_names(void);
handle_t new_process(void);
handle_t new_timer(handle_t signal, u64 bits);
handle_t new_activity(void);

/* A child capability with these rights and nothing else changed. */
handle_t derived(handle_t parent, u32 rights);

void drop(handle_t handle);

/* Waits until a bit of the signal is there. */
[[nodiscard]] bool signalled(handle_t signal, u64 bits);

struct cap_info inspected(handle_t handle);

/* Starts a thread of this process and forgets its handle. */
void start_thread(rt_thread_entry *entry, u64 argument);
handle_t start_thread_handle(rt_thread_entry *entry, u64 argument);

/* Waits until the thread runs no more: it has come to wait, or to obey. What asking for its registers ends with. */
enum status stands(handle_t thread, struct thread_registers *registers);

/* The absolute time a moment, or as long as things may take, from now. */
static inline u64 in_a_moment(void) { return rt_deadline_in(MOMENT_NS); }
static inline u64 before_long(void) { return rt_deadline_in(SOON_NS); }

#endif
