/* SPDX-License-Identifier: Apache-2.0
 *
 * Turning a program of the system image into a process that is ready to be started: used by the
 * loader service, and by init to start the loader itself.
 *
 * The text and other read-only segments without relocations are mapped straight from the image;
 * others are copied into memory charged to the process' group. Nothing is ever both writable
 * and executable; RELRO is read-only from the start. Image and stack are at random addresses;
 * the pages around both are not mapped.
 */
#ifndef LIB_LOAD_LOAD_H
#define LIB_LOAD_LOAD_H

#include "lib/base/text.h"
#include "lib/rt/memory.h"
#include "lib/spawn/spawn.h"

enum : u32 { LOAD_CHECKED_MAX = 128 };

/* Where programs come from. */
struct load_source {
	pages_t image;        /* the system image, mapped readable; the kernel has checked its header and table */
	handle_t memory;      /* its memory object, with READ */
	handle_t executable;  /* the same, sealed as code, with READ and EXECUTE */
	u32 checked_count;    /* programs whose checksum was found right; those beyond the table are checked each time */
	u64 checked[LOAD_CHECKED_MAX]; /* by their offset in the image */
};

/* Memory of a program that stays open to whoever loads it, to be changed while the program runs: its text, of which it has a
 * copy of its own then, and its data. */
struct load_open {
	handle_t code;          /* given: the authority to seal the copy */
	handle_t text, data;    /* kept, to be dropped by who asked; none if it has no such segment */
	u64 text_at;            /* where the process has its text */
};

struct load_order {
	struct load_open *open; /* null: nothing stays open, which is the rule */
	handle_t group;
	handle_t names;   /* may be none */
	handle_t faults;  /* may be none */
};

/* Makes the process. On failure nothing is left behind, and `why` says what was wrong. */
[[nodiscard]] enum status load_program(struct load_source *source, const struct load_request *request,
	const struct load_order *order, struct loaded *out, struct text *why);

#endif
