/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of init.
 */
#ifndef USERSPACE_INIT_BOOT_H
#define USERSPACE_INIT_BOOT_H

#include "lib/first/first.h"
#include "lib/load/source.h"
#include "abi/structs.h"

/* Says on the kernel's log what is wrong and ends: without the first process the kernel shows the end
 * of the log and turns the machine off. */
NORETURN void boot_give_up(struct span what);

/* One of the two that init starts, and starts again. */
struct STABLE watched {
	char name[8];
	handle_t endpoint, process;
	u32 failures; /* in a row, each within CALM_NS */
	u64 started_ns;
	bool hung;    /* it was ended because it did not answer */
	u32 starts;   /* read by the heartbeat, which asks each instance anew */
	u32 missed;   /* how often in a row the present one has not answered; set by the heartbeat, begun anew by a start */
};

/* ---- pulse.c: the heartbeat of the loader and of the keeper ---- */

enum : u32 { PULSE_MISSES = 2 };

/* A thread of its own asks both from now on, and raises the bit if one has missed too often. */
[[nodiscard]] enum status pulse_init(struct watched *loader, struct watched *keeper, handle_t signal, u64 bit);
struct span watched_name(const struct watched *watched);
/* What it hung on, as crash records say it. */
void pulse_record(const struct watched *watched);

/* In words: a status, with how much memory is left if it was too little; how a process ended, with the same. */
void boot_add_status(struct text *line, enum status status);
void boot_add_end(struct text *line, const struct process_info *info);

/* A line of a crash record, and its first: "process 3 (loader): what, time 1.2". */
void boot_crash(const struct text *line);
void boot_crash_head(const struct process_info *info, struct span what);

/* True if the machine's command line has the word. */
bool boot_asked(struct span word);

/* Starts a program of the system image as a system process with a group of its own. */
struct system_process {
	struct span name;
	handle_t endpoint;    /* its own; kept by init over restarts */
	handle_t parent;      /* the group that its own is in */
	struct group_limits limits;
};

/* Serves a request to the safe (lib/safe), which becomes the answer. */
struct message;
void safe_serve(struct message *m);

/* Prepares the description; handles are then added with spawn_add_handle. */
[[nodiscard]] enum status boot_prepare(struct spawn *s, const struct system_process *what);
[[nodiscard]] enum status boot_start(struct load_source *source, struct spawn *s, handle_t *process);

#endif
