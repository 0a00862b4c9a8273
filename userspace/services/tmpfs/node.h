/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and directories in memory. Their records are kept: whoever changes one says so by
 * node_changed.
 */
#ifndef USERSPACE_SERVICES_TMPFS_NODE_H
#define USERSPACE_SERVICES_TMPFS_NODE_H

#include "lib/base/span.h"
#include "lib/path/path.h"
#include "abi/errors.h"

enum : u32 { NODES_MAX = 512, NODE_ROOT = 0, NODE_NONE = U32_MAX };
enum : u64 { FILE_BYTES_MAX = 64ull << 20 };

struct STABLE node {
	bool used;
	bool directory;
	bool removed;      /* no name leads here any more; goes when no file of it is open */
	u32 parent;
	u32 opens;
	u32 version;       /* counts changes */
	u64 bytes;
	u64 modified_ns;
	char name[PATH_NAME_MAX + 1];
};

/* Makes the root; before anything else. */
void nodes_init(void);
void nodes_keep(void);

struct node *node_at(u32 number);
void node_changed(u32 number);
struct span node_name(const struct node *node);

/* The node at a path from a directory, or NODE_NONE. */
u32 node_walk(u32 from, struct span path);
/* Child `index` of a directory, or NODE_NONE. */
u32 node_child(u32 directory, u64 index);

/* Makes an empty file or directory. Errors: EXISTS, NO_SPACE, NOT_DIRECTORY. */
[[nodiscard]] enum status node_make(u32 directory, struct span name, bool is_directory, u32 *out);
/* Takes its name away. Errors: BUSY for a directory that is not empty. */
[[nodiscard]] enum status node_remove(u32 number);
/* Frees what was removed and is not open any more. Commits. */
void nodes_tidy(void);

/* Sets the length: cut blocks go, what is added reads as zeros. Commits now and then if that is much. */
[[nodiscard]] enum status node_resize(u32 number, u64 bytes);

#endif
