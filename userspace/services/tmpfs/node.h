/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and directories in memory.
 */
#ifndef USERSPACE_SERVICES_TMPFS_NODE_H
#define USERSPACE_SERVICES_TMPFS_NODE_H

#include "lib/base/span.h"
#include "lib/path/path.h"
#include "abi/errors.h"

/* A file's blocks: the first few by number, then index blocks of 1024 numbers each. Numbers of 0
 * are holes, which read as zeros. */
enum : u32 { NODES_MAX = 512, NODE_ROOT = 0, NODE_NONE = U32_MAX, DIRECT = 8, INDEXES = 16, INDEX_ENTRIES = 1024 };
enum : u64 { FILE_BYTES_MAX = (u64)(DIRECT + INDEXES * INDEX_ENTRIES) * 4096 };

struct STABLE node {
	bool used;
	bool directory;
	bool removed;      /* no name leads here any more; goes with the last open file */
	u32 parent;
	u32 opens;
	u32 version;       /* counts changes */
	u64 bytes;
	u64 modified_ns;
	char name[PATH_NAME_MAX + 1];
	u32 direct[DIRECT];
	u32 index[INDEXES];
};

/* Makes the root; before anything else. */
void nodes_init(void);

struct node *node_at(u32 number);
struct span node_name(const struct node *node);

/* The node at a path from a directory, or NODE_NONE. */
u32 node_walk(u32 from, struct span path);
/* Child `index` of a directory, or NODE_NONE. */
u32 node_child(u32 directory, u64 index);

/* Makes an empty file or directory. Errors: EXISTS, NO_SPACE, NOT_DIRECTORY. */
[[nodiscard]] enum status node_make(u32 directory, struct span name, bool is_directory, u32 *out);
/* Takes its name away. Errors: BUSY for a directory that is not empty. */
[[nodiscard]] enum status node_remove(u32 number);
/* After a close. */
void node_settle(u32 number);

/* The block that holds byte `offset`; with `make` a hole is filled. 0: a hole. */
[[nodiscard]] enum status node_block(struct node *node, u64 offset, bool make, u32 *block);
/* Sets the length: cut blocks go, what is added reads as zeros. */
[[nodiscard]] enum status node_resize(struct node *node, u64 bytes);

#endif
