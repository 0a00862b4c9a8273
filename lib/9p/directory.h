/* SPDX-License-Identifier: Apache-2.0
 *
 * Listing a directory as a person expects it: what is bound in the namespace directly below the
 * path, then what the servers at the path (all of a union) have. Names that a binding hides are
 * left out. Works for "/" and for paths that exist only as prefixes of bindings.
 */
#ifndef LIB_9P_DIRECTORY_H
#define LIB_9P_DIRECTORY_H

#include "lib/9p/file.h"

struct directory {
	char path[PATH_BYTES_MAX];
	u32 path_bytes;
	u32 binding;      /* next namespace entry to look at */
	u32 layer;        /* next server of the union */
	bool bindings_done;
	bool any;         /* something exists at the path */
	struct file file; /* the server being listed */
};

/* NOT_FOUND if there is neither a directory nor a binding below the path; NOT_DIRECTORY if it is
 * a file. */
[[nodiscard]] enum status directory_open(struct directory *dir, struct span path);

/* The next entry; NOT_FOUND at the end. */
[[nodiscard]] enum status directory_next(struct directory *dir, struct dir_entry *out);

void directory_close(struct directory *dir);

/* The name of an entry. */
#define dir_entry_name(entry) span_until_zero(SPAN_OF_ARRAY((entry)->name))

#endif
