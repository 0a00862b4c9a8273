/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases of packed rings, for the host test of virtqueues.
 */
#ifndef LIB_VIRTIO_RING_TESTS_PACKED_TEST_H
#define LIB_VIRTIO_RING_TESTS_PACKED_TEST_H

#include "lib/elf/tests/report.h"
#include "lib/virtio/ring/ring.h"

void packed_cases(struct report *r);

#endif
