/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/core/trace/trace.h.
 */
#ifndef TESTS_GEN_FAKE_CORE_TRACE_TRACE_H
#define TESTS_GEN_FAKE_CORE_TRACE_TRACE_H

#include "fake_kernel.h"

#endif
