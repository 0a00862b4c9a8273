/* SPDX-License-Identifier: Apache-2.0
 *
 * Included before everything else in the simulator's own compilation of the kernel core: a switch point
 * before every atomic operation that reads and writes. The compiler puts those before plain loads and
 * stores (tools/make/host.mk), so with these a processor may stand still before any access to memory.
 *
 * WHY macros of the builtins' names: a macro is not expanded within itself, so the core's own headers
 * stay as they are.
 */
#ifndef TESTS_SIM_POINTS_H
#define TESTS_SIM_POINTS_H

void fake_point(void);

#define __atomic_fetch_add(...) (fake_point(), __atomic_fetch_add(__VA_ARGS__))
#define __atomic_fetch_sub(...) (fake_point(), __atomic_fetch_sub(__VA_ARGS__))
#define __atomic_fetch_or(...) (fake_point(), __atomic_fetch_or(__VA_ARGS__))
#define __atomic_fetch_and(...) (fake_point(), __atomic_fetch_and(__VA_ARGS__))
#define __atomic_exchange_n(...) (fake_point(), __atomic_exchange_n(__VA_ARGS__))
#define __atomic_compare_exchange_n(...) (fake_point(), __atomic_compare_exchange_n(__VA_ARGS__))

#endif
