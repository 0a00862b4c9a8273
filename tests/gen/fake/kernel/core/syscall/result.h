/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/core/syscall/result.h.
 */
#ifndef TESTS_GEN_FAKE_CORE_SYSCALL_RESULT_H
#define TESTS_GEN_FAKE_CORE_SYSCALL_RESULT_H

#include "fake_kernel.h"

#endif
