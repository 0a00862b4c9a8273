/* SPDX-License-Identifier: Apache-2.0
 *
 * What was asked for.
 */
#ifndef USERSPACE_APPS_TRACE_OPTIONS_H
#define USERSPACE_APPS_TRACE_OPTIONS_H

#include "lib/rt/rt.h"

struct options {
	u64 classes;
	u64 group;       /* id; 0: all */
	u64 last;        /* events of the past; 0: those to come, if since_ns is 0, too */
	u64 since_ns;    /* of the past, those from then on; since boot */
	u64 limit_bytes; /* of the file */
	u32 file;        /* argument with its name; 0: text on standard output */
	u32 command;     /* its first argument; 0: none */
};

static inline bool options_of_the_past(const struct options *options) { return options->last != 0 || options->since_ns != 0; }

/* False: it has been said what was wrong. */
[[nodiscard]] bool options_read(const struct rt_args *args, struct options *options);

#endif
