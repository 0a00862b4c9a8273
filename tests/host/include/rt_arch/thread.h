/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake runtime: there is one thread, and one message buffer.
 */
#ifndef TESTS_HOST_INCLUDE_RT_ARCH_THREAD_H
#define TESTS_HOST_INCLUDE_RT_ARCH_THREAD_H

#include "lib/base/safe.h"

/* No image is relocated here. The bits are those of the compiler's target: ./ferrous check has words of 32 bits as well. */
enum : u64 { RT_ARCH_RELATIVE = 0, RT_ARCH_FRAME_RECORD = 0, RT_ARCH_ADDRESS_BITS = sizeof(uptr) == 8 ? 47 : 31 };

struct rt_thread;
struct msg_buffer;

void raw_thread_trampoline(void);
NORETURN void raw_thread_leave(u32 *ended);
struct rt_thread *raw_thread_self(void);
struct msg_buffer *raw_thread_buffer(void);

#endif
