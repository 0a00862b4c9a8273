/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the scheduler's host test.
 */
#ifndef TESTS_HOST_KERNEL_SCHED_TEST_H
#define TESTS_HOST_KERNEL_SCHED_TEST_H

void budget_tests(void);   /* budgets and their admission */
void share_tests(void);    /* best effort by weights */
void periodic_tests(void); /* sets of periodic tasks */

#endif
