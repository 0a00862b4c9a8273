/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in words.
 */
#ifndef USERSPACE_APPS_TRACE_TEXT_H
#define USERSPACE_APPS_TRACE_TEXT_H

#include "abi/events.h"

/* Takes notice of what it tells of threads. */
void text_note(const struct event_record *record);

/* The same, and prints a line for the record, unless it tells of what this program does itself. */
void text_show(const struct event_record *record);

#endif
