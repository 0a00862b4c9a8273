/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's file tree, seen by others at /services.
 */
#ifndef USERSPACE_SERVICES_KEEPER_TREE_H
#define USERSPACE_SERVICES_KEEPER_TREE_H

#include "lib/service/service.h"

/* Callbacks: see lib/service/service.h. */
enum status tree_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file);
enum status tree_read(struct service_call *call, struct service_file *file);
enum status tree_write(struct service_call *call, struct service_file *file);
enum status tree_entry(const struct service_file *directory, u64 index, struct dir_entry *out);

/* In a machine that was booted with the word `inject' the order `hang' does not come back: init's heartbeat is to find that. */
void tree_may_hang(bool may);

/* A service says that it is ready. */
enum status tree_other(struct service_call *call);

#endif
