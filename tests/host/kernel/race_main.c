/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of races: kernel entries that stand still half way while others happen.
 */
#include "tests/host/kernel/race.h"

int main(void)
{
	world_boot(WORLD_CPUS);
	race_tests();
	race_time_tests();
	race_inherit_tests();
	race_revoke_tests();
	race_word_tests();
	race_group_tests();
	race_cancel_tests();
	return report_end();
}
