/* SPDX-License-Identifier: Apache-2.0
 *
 * From libFuzzer's pointer and length to a view.
 */
#include "lib/base/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, usize count)
{
UNSAFE_BEGIN("SAFETY: libFuzzer passes a buffer and its length, valid during the call");
	fuzz_one((struct span){ bytes, count });
UNSAFE_END();
	return 0;
}
