/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of expressions.c; included after the types that they use.
 */
#ifndef TESTS_CHECK_EXPRESSIONS_H
#define TESTS_CHECK_EXPRESSIONS_H

void raw_poke(uptr a, u32 v);
void say(const char *text);
u32 forbidden(u32 *p, u32 i, struct uncounted *u0, struct counted *f, u32_pointer q, uptr a, void *v);
u32 allowed(u32 *p, u32 i, struct counted *f, u32 (*arr)[4], union plain pl);
u32 unions(union pun u, struct tagged *t);
void strange(u32 n, struct span s);

#endif
