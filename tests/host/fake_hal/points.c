/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: switch points. See points.h.
 */
#include "tests/host/fake_hal/points.h"

#include <sanitizer/common_interface_defs.h>

#include "kernel/core/cpu/cpu.h"
#include "tests/host/fake_hal/context.h"
#include "tests/host/fake_hal/state.h"

void fake_tell(bool on) { fake.tell = on; }

/* Counts down to where the processor is to stand still. */
static void count_down(void)
{
	if (--fake.until_pause != 0)
		return;
	if (fake.tell)
		__sanitizer_print_stack_trace();
	context_pause(hal_this_cpu()->id);
}

void fake_point(void)
{
	if (UNLIKELY(fake.until_pause != 0))
		count_down();
}

/* What is on the processor's own stack concerns no other. */
#define ACCESS() \
	do { \
		if (UNLIKELY(fake.until_pause != 0) && !context_owns(at)) \
			count_down(); \
	} while (0)

void __sanitizer_cov_load1(const void *at) { ACCESS(); }
void __sanitizer_cov_load2(const void *at) { ACCESS(); }
void __sanitizer_cov_load4(const void *at) { ACCESS(); }
void __sanitizer_cov_load8(const void *at) { ACCESS(); }
void __sanitizer_cov_load16(const void *at) { ACCESS(); }
void __sanitizer_cov_store1(const void *at) { ACCESS(); }
void __sanitizer_cov_store2(const void *at) { ACCESS(); }
void __sanitizer_cov_store4(const void *at) { ACCESS(); }
void __sanitizer_cov_store8(const void *at) { ACCESS(); }
void __sanitizer_cov_store16(const void *at) { ACCESS(); }
