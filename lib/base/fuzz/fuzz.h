/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz targets as functions of a view: a target defines fuzz_one and depends on this module, which
 * is the one place that takes libFuzzer's bare pointer.
 */
#ifndef LIB_BASE_FUZZ_FUZZ_H
#define LIB_BASE_FUZZ_FUZZ_H

#include "lib/base/span.h"

/* The target: any input is allowed, only a crash or a broken invariant is a finding. */
void fuzz_one(struct span input);

/* What libFuzzer calls. SPEC: LLVM's libFuzzer documentation, "Fuzz Target" */
int LLVMFuzzerTestOneInput(const u8 *bytes, usize count);

#endif
