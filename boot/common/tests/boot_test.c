/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of boot/common: everything a loader decides, without firmware.
 */
#include "boot/common/tests/tests.h"

int main(void)
{
	struct report report = {};
	bundle_tests(&report);
	map_tests(&report);
	take_tests(&report);
	nodes_tests(&report);
	space_tests(&report);
	tree_tests(&report);
	return report_end(&report);
}
