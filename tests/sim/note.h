/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run, which is a process of its own, leaves behind for the one that started it.
 */
#ifndef TESTS_SIM_NOTE_H
#define TESTS_SIM_NOTE_H

#include "lib/base/safe.h"

enum : u32 { SITES_MAX = 128, SITE_NAME_BYTES = 160 };

/* A place in the core that allocates: where its call returns to, the same in all runs of a simulator; whether it was made
 * to fail. */
struct sim_site {
	u64 caller;
	u64 failed;
	u64 seed; /* of a run that came by it; not in the note of a run */
	char name[SITE_NAME_BYTES]; /* if it was not */
};

struct sim_note {
	u64 burst;              /* in which it died; 0: it did not */
	u64 bursts, switches;   /* how many there were */
	u64 sites;              /* that were come by */
	struct sim_site site[SITES_MAX];
};

/* Before the run is started: an empty note. */
void sim_note_new(void);

void sim_note_write(const struct sim_note *note);

/* After it has ended. */
struct sim_note sim_note_read(void);

#endif
