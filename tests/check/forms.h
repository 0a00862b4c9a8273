/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of forms.c; included after the types that they use.
 */
#ifndef TESTS_CHECK_FORMS_H
#define TESTS_CHECK_FORMS_H

u32 recursive(u32 n);
u32 same_name(u32 n);
u32 calls_same_name(u32 n);
u32 one(u32 n);
u32 two(u32 n);
u32 not_recursive(u32 n);
u32 misread(u32 n);
u32 region_users(u32 *p);
NORETURN void stop_here(u32 n);

#endif
