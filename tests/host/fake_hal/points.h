/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: switch points. Code that is compiled with them calls one of these before each access to
 * memory; the names are the compiler's (-fsanitize-coverage=trace-loads,trace-stores).
 */
#ifndef TESTS_HOST_FAKE_HAL_POINTS_H
#define TESTS_HOST_FAKE_HAL_POINTS_H

#include "tests/host/fake_hal/machine.h"

/* Where the function that it stands in was called, as a number that tells such places apart, and for the sanitizers' library. */
struct fake_caller {
	u64 number;
	void *at;
};

UNSAFE_BEGIN("SAFETY: the address becomes a number, which nothing turns back");
#define FAKE_CALLER() ((struct fake_caller){ (u64)(uptr)__builtin_return_address(0), __builtin_return_address(0) })
UNSAFE_END();

void __sanitizer_cov_load1(const void *at);
void __sanitizer_cov_load2(const void *at);
void __sanitizer_cov_load4(const void *at);
void __sanitizer_cov_load8(const void *at);
void __sanitizer_cov_load16(const void *at);
void __sanitizer_cov_store1(const void *at);
void __sanitizer_cov_store2(const void *at);
void __sanitizer_cov_store4(const void *at);
void __sanitizer_cov_store8(const void *at);
void __sanitizer_cov_store16(const void *at);

#endif
