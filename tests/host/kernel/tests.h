/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the kernel's host test.
 */
#ifndef TESTS_HOST_KERNEL_TESTS_H
#define TESTS_HOST_KERNEL_TESTS_H

#include "tests/host/kernel/report.h"
#include "tests/host/kernel/world.h"

void structure_tests(void); /* trees, queues, pools, frames */
void zone_tests(void);      /* memory divided by nodes */
void shadow_tests(void);    /* the address sanitizer's bytes */
void boot_tests(void);      /* boot information, symbols, log */
void cap_tests(void);
void revoke_tests(void);
void revoke_given_tests(void); /* across processes, and what was bound */
void forward_tests(void);   /* calls handed on */
void group_tests(void);
void inherit_tests(void);   /* priorities of those who wait for a busy server */
void namespace_tests(void);
void memory_tests(void);
void large_tests(void);     /* large pages */
void message_tests(void);   /* messages that arrive */
void note_tests(void);      /* badges that are gone, and receivers that end */
void peer_tests(void);      /* deadlines, deaths, cancellation, faults */
void cancel_tests(void);    /* one wait of a thread is cancelled */
void rights_tests(void);    /* types and rights of every call, from the table */
void sweep_tests(void);     /* revoked capabilities that are in the way */
void signal_tests(void);    /* signals, timers, interrupts */
void work_tests(void);      /* dead objects, and who works on them */
void word_tests(void);      /* words of memory */
void process_tests(void);
void trace_tests(void);     /* event rings and their readers */
void recorded_tests(void);  /* what they say of what others bring about */

#endif
