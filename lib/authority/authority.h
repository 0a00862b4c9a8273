/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of its own capabilities a shell (or who starts one) gives a program beside the usual ones. A program gets
 * what it is for and nothing else.
 */
#ifndef LIB_AUTHORITY_AUTHORITY_H
#define LIB_AUTHORITY_AUTHORITY_H

#include "lib/spawn/spawn.h"

/* Adds what the program of that name gets. */
void authority_add(struct spawn *child, struct span name);

/* Gives up what was made for the child alone. After spawn_start. */
void authority_done(struct spawn *child);

#endif
