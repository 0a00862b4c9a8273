/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes: an address space, a capability space, a namespace and a resource group.
 *
 * A process ends when it exits, is killed, its last thread dies, or a fault finds no handler; one that
 * never had a thread, when nobody refers to it any more. Then its
 * threads die, its capabilities are dropped and its memory is unmapped, in steps by object_reap;
 * when all is given back the watcher is told. What is left is a name and an exit status, for as
 * long as somebody holds a capability to it.
 */
#ifndef KERNEL_CORE_PROCESS_PROCESS_H
#define KERNEL_CORE_PROCESS_PROCESS_H

#include "abi/structs.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/binding.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/object/object.h"
#include "lib/base/list.h"
#include "lib/base/span.h"

enum : u32 { PROCESS_THREADS_MAX = 256, PROCESS_NAME_BYTES = 32 };

struct STABLE process {
	struct object object;
	struct cap_space caps;
	struct space space;
	struct cap names;              /* held; the namespace as its maker had it; object null: none */
	struct cap faults;             /* held; where faults are sent; object null: they end the process */
	struct memory *buffers;        /* counted: message buffers, a page for each thread */
	u64 buffers_at;
	u64 start_ns;
	bool closed, freed;            /* steps of its end that are done */
	bool listed;                   /* in its group */
	bool first;                    /* the machine goes off with it */
	char name[PROCESS_NAME_BYTES];

	struct list_node in_group;     /* under the group's lock */

	struct lock lock;
	/* under lock */
	enum process_state state;
	enum exit_reason reason;
	u64 exit_status;
	struct list threads;
	u32 thread_count;
	bool alive;                    /* holds a reference to itself */
	u64 buffer_used[PROCESS_THREADS_MAX / 64];
	struct signal_binding watcher;
	u64 cpu_ns;                    /* of threads that are gone */
};

/* Holds what it is given; `names` and `faults` may be null. BAD_HANDLE: their last copy has been dropped since. */
[[nodiscard]] enum status process_make(struct group *group, const struct cap *names, const struct cap *faults,
	struct span name, struct process **out);

/* Ends a process; returns at once. The first end decides status and reason. */
void process_end(struct process *process, u64 status, enum exit_reason reason);

[[nodiscard]] enum status process_add_thread(struct process *process, struct thread *thread);
void process_remove_thread(struct process *process, struct thread *thread);

/* A page of the message buffer memory. Errors: OUT_OF_THREADS, DEAD. */
[[nodiscard]] enum status process_take_buffer(struct process *process, u32 *slot);
void process_give_buffer(struct process *process, u32 slot);

void process_describe(struct process *process, struct process_info *info);

/* Steps of its end: see object.h. */
bool process_work(struct process *process);
bool process_close(struct process *process);
bool process_free(struct process *process);
void process_gone(struct process *process);

#endif
