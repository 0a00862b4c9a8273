/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of the kernel core: one simulated machine, all parts after each other.
 */
#include "tests/host/kernel/tests.h"

int main(void)
{
	world_boot(WORLD_CPUS);
	structure_tests();
	zone_tests();
	shadow_tests();
	boot_tests();
	cap_tests();
	revoke_tests();
	revoke_given_tests();
	rights_tests();
	sweep_tests();
	forward_tests();
	group_tests();
	namespace_tests();
	memory_tests();
	large_tests();
	message_tests();
	note_tests();
	peer_tests();
	cancel_tests();
	inherit_tests();
	signal_tests();
	work_tests();
	word_tests();
	process_tests();
	trace_tests();
	recorded_tests();
	return report_end();
}
