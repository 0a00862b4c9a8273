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

/* In words: a status, with how much memory is left if it was too little; how a process ended, with the same. */
void boot_add_status(struct text *line, enum status status);
void boot_add_end(struct text *line, handle_t process);

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
