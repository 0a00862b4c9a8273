/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/core/thread/thread.h.
 */
#ifndef TESTS_GEN_FAKE_CORE_THREAD_THREAD_H
#define TESTS_GEN_FAKE_CORE_THREAD_THREAD_H

#include "fake_kernel.h"

#endif
