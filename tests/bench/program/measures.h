/* SPDX-License-Identifier: Apache-2.0
 *
 * The groups of measures, one a file.
 */
#ifndef TESTS_BENCH_PROGRAM_MEASURES_H
#define TESTS_BENCH_PROGRAM_MEASURES_H

#include "lib/base/safe.h"

void measure_ipc(void);
u64 ipc_server(void); /* the other process: answers for ever */
void measure_pager(void);
u64 pager_client(void); /* the other process: faults for ever */
void measure_caps(void);
void measure_switches(void);
void measure_threads(void);
void measure_processes(void);
void measure_system(void);
u64 measure_pairs(void);  /* many clients at once, instead of all others */
u64 pair_client(void);    /* one of them */
u64 measure_disk(void);   /* what 4 KiB from and to a disk cost, instead of all others */
u64 measure_net(void);    /* what a frame of a network costs, instead of all others */

#endif
