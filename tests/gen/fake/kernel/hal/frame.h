/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/hal/frame.h.
 */
#ifndef TESTS_GEN_FAKE_HAL_FRAME_H
#define TESTS_GEN_FAKE_HAL_FRAME_H

#include "fake_kernel.h"

#endif
