/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of elsewhere.c; included after the types that they use.
 */
#ifndef TESTS_CHECK_ELSEWHERE_H
#define TESTS_CHECK_ELSEWHERE_H

u32 elsewhere(const struct defined_elsewhere *d, const struct unknown *u);
u32 same_name(u32 n);
u32 calls_same_name(u32 n);

#endif
