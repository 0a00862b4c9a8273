/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the host test of lib/acpi.
 */
#ifndef LIB_ACPI_TESTS_TESTS_H
#define LIB_ACPI_TESTS_TESTS_H

#include "lib/elf/tests/report.h"

void find_tests(struct report *r);
void affinity_tests(struct report *r);

#endif
