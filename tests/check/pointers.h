/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of pointers.c; included after the types that they use.
 */
#ifndef TESTS_CHECK_POINTERS_H
#define TESTS_CHECK_POINTERS_H

void stores(struct node *n, struct plain *p, struct holder *h, struct unknown *u, struct defined_elsewhere *d, const char *name);
u32 *locals(struct node *n, u32 *q, struct plain by_value);
hook_function *mine_or(hook_function *hook);
u32 *q_from(struct node *n);
void stable(struct node by_value);              // EXPECT: stable-auto
void use(u32 *a, const struct holder *h);

#endif
