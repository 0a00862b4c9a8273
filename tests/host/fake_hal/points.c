/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: switch points. See points.h.
 */
#include "tests/host/fake_hal/points.h"

#include <sanitizer/common_interface_defs.h>

#include "kernel/core/cpu/cpu.h"
#include "tests/host/fake_hal/context.h"
#include "tests/host/fake_hal/state.h"

struct STABLE place {
	char text[160];
};
static struct place place;

/* Counts down to where the processor is to stand still. WHY a macro: the address that the function returns
 * to is where it was called from. */
UNSAFE_BEGIN("SAFETY: the address only goes to the sanitizer, which puts it into words of bounded length");
#define POINT() \
	do { \
		if (--fake.until_pause != 0) \
			break; \
		if (fake.tell) \
			__sanitizer_symbolize_pc(__builtin_return_address(0), "%f %s:%l", place.text, sizeof(place.text) - 1); \
		context_pause(hal_this_cpu()->id); \
	} while (0)
UNSAFE_END();

void fake_tell(bool on) { fake.tell = on; }
struct span fake_place(void) { return span_until_zero(SPAN_OF_ARRAY(place.text)); }

void fake_point(void)
{
	if (UNLIKELY(fake.until_pause != 0))
		POINT();
}

/* What is on the processor's own stack concerns no other. */
#define ACCESS() \
	do { \
		if (UNLIKELY(fake.until_pause != 0) && !context_owns(at)) \
			POINT(); \
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
