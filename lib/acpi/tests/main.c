/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/acpi: tables built byte by byte, right ones and spoilt ones.
 */
#include "lib/acpi/tests/tests.h"

int main(void)
{
	struct report report = {};

	find_tests(&report);
	affinity_tests(&report);
	return report_end(&report);
}
