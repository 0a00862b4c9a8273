/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake runtime: there are no devices; the order of memory and their registers is asked for and not kept.
 */
#ifndef TESTS_HOST_INCLUDE_RT_ARCH_DEVICE_H
#define TESTS_HOST_INCLUDE_RT_ARCH_DEVICE_H

static inline void before_device_write(void) { }
static inline void after_device_read(void) { }

#endif
