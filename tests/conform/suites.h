/* SPDX-License-Identifier: Apache-2.0
 *
 * The groups of tests, one a file.
 */
#ifndef TESTS_CONFORM_SUITES_H
#define TESTS_CONFORM_SUITES_H

#include "lib/base/span.h"

void test_generated(struct span filter);
void test_basics(struct span filter);
void test_caps(struct span filter);
void test_groups(struct span filter);
void test_memory(struct span filter);
void test_processes(struct span filter);
void test_threads(struct span filter);
void test_scheduling(struct span filter);
void test_inheritance(struct span filter);
void test_words(struct span filter);
void test_signals(struct span filter);
void test_endpoints(struct span filter);
void test_messages(struct span filter);
void test_buffers(struct span filter);
void test_blocking(struct span filter);
void test_names(struct span filter);
void test_machine(struct span filter);
void test_faults(struct span filter);
void test_taken(struct span filter);
void test_floats(struct span filter);
void test_signatures(struct span filter);

#endif
