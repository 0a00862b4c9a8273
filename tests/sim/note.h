/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run, which is a process of its own, leaves behind for the one that started it.
 */
#ifndef TESTS_SIM_NOTE_H
#define TESTS_SIM_NOTE_H

#include "lib/base/safe.h"

struct sim_note {
	u64 burst;              /* in which it died; 0: it did not */
	u64 bursts, switches;   /* how many there were */
	u64 sites, failed;      /* places that allocate: come by, made to fail */
};

/* Before the run is started: an empty note. */
void sim_note_new(void);

void sim_note_write(const struct sim_note *note);

/* After it has ended. */
struct sim_note sim_note_read(void);

#endif
