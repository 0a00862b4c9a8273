/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for kernel/raw/downcast.h: there is one object of each type, so no cast is needed.
 */
#ifndef TESTS_GEN_FAKE_DOWNCAST_H
#define TESTS_GEN_FAKE_DOWNCAST_H

#include "fake_kernel.h"

/* The structs of process and thread are in fake_kernel.h. */
#define FAKE_STRUCT(name) \
	struct name { u32 unused; }; \
	FAKE_AS(name)
#define FAKE_AS(name) \
	extern struct name fake_##name; \
	static inline struct name *cap_as_##name(const struct cap *cap) \
	{ \
		return cap->object == nullptr ? nullptr : &fake_##name; \
	}
FAKE_AS(process)
FAKE_AS(thread)
FAKE_STRUCT(activity)
FAKE_STRUCT(memory)
FAKE_STRUCT(endpoint)
FAKE_STRUCT(reply)
FAKE_STRUCT(signal)
FAKE_STRUCT(timer)
FAKE_STRUCT(group)
FAKE_STRUCT(namespace)
FAKE_STRUCT(trace)
FAKE_STRUCT(klog)
FAKE_STRUCT(machine)
FAKE_STRUCT(code)
FAKE_STRUCT(dma)

#endif
