/* SPDX-License-Identifier: Apache-2.0
 *
 * The scheduler's host test: one simulated processor, where time is only what threads use, and sets of threads that
 * compute and wait as told.
 */
#include "tests/host/kernel/sched_test.h"
#include "tests/host/kernel/tests.h"

int main(void)
{
	world_boot(1);
	budget_tests();
	share_tests();
	periodic_tests();
	return report_end();
}
