/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/core/cap/cap.h.
 */
#ifndef TESTS_GEN_FAKE_CORE_CAP_CAP_H
#define TESTS_GEN_FAKE_CORE_CAP_CAP_H

#include "fake_kernel.h"

#endif
