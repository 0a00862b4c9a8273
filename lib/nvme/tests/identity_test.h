/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the host test that is about what controllers say of themselves.
 */
#ifndef LIB_NVME_TESTS_IDENTITY_TEST_H
#define LIB_NVME_TESTS_IDENTITY_TEST_H

#include "lib/elf/tests/report.h"

void identities(struct report *r);

#endif
