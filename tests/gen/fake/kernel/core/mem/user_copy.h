/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/core/mem/user_copy.h.
 */
#ifndef TESTS_GEN_FAKE_CORE_MEM_USER_COPY_H
#define TESTS_GEN_FAKE_CORE_MEM_USER_COPY_H

#include "fake_kernel.h"

#endif
