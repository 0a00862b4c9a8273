/* SPDX-License-Identifier: Apache-2.0
 *
 * The vocabulary of proofs. It is read before everything else, by the compiler's preprocessor and then by
 * CBMC; no other compiler sees it. docs/proofs.md tells how a harness is made.
 */
#ifndef TESTS_PROVE_INCLUDE_PROVE_H
#define TESTS_PROVE_INCLUDE_PROVE_H

/* CBMC knows the functions of the C library, and some builtins only by these names. */
void *memcpy(void *to, const void *from, __SIZE_TYPE__ bytes);
void *memmove(void *to, const void *from, __SIZE_TYPE__ bytes);
void *memset(void *to, int byte, __SIZE_TYPE__ bytes);
int memcmp(const void *a, const void *b, __SIZE_TYPE__ bytes);
__SIZE_TYPE__ strlen(const char *text);
#define __builtin_memcpy memcpy
#define __builtin_memmove memmove
#define __builtin_memset memset
#define __builtin_memcmp memcmp
#define __builtin_strlen strlen

/* An object of its own: CBMC follows pointers to such far faster than pointers into arrays. */
void *malloc(__SIZE_TYPE__ bytes);
#define NEW(type) ((type *)malloc(sizeof(type)))

/* What holds for every value that is left after the assumptions. */
#define PROVE(condition, text) __CPROVER_assert((condition), text)
#define ASSUME(condition) __CPROVER_assume(condition)

/* Any value of the type. A variable without a value is one that CBMC chooses. */
#define ANY(type) ({ type prove_any; prove_any; })

/* True or false. WHY not ANY(bool): in memory a bool without a value may be neither. */
#define MAYBE() ((ANY(unsigned) & 1) != 0)

/* `a` implies `b`. */
#define IMPLIES(a, b) (!(a) || (b))

/* A trap or a broken invariant is a failed proof, and nothing goes on behind it. */
static inline _Noreturn void prove_stop(const char *name)
{
	(void)name;
	__CPROVER_assert(0, "no trap is reached and no invariant is broken");
	__CPROVER_assume(0);
}
/* One kernel entry at a time: an atomic operation is the plain one. */
#define __atomic_load_n(p, order) (*(p))
#define __atomic_store_n(p, v, order) ((void)(*(p) = (v)))
#define __atomic_fetch_add(p, v, order) ({ __typeof__(*(p)) prove_old = *(p); *(p) = prove_old + (v); prove_old; })
#define __atomic_fetch_sub(p, v, order) ({ __typeof__(*(p)) prove_old = *(p); *(p) = prove_old - (v); prove_old; })
#define __atomic_fetch_or(p, v, order) ({ __typeof__(*(p)) prove_old = *(p); *(p) = prove_old | (v); prove_old; })
#define __atomic_fetch_and(p, v, order) ({ __typeof__(*(p)) prove_old = *(p); *(p) = prove_old & (v); prove_old; })
#define __atomic_exchange_n(p, v, order) ({ __typeof__(*(p)) prove_old = *(p); *(p) = (v); prove_old; })
#define __atomic_compare_exchange_n(p, expected, v, weak, order, failed) \
	({ \
		_Bool prove_same = *(p) == *(expected); \
		if (prove_same) *(p) = (v); else *(expected) = *(p); \
		prove_same; \
	})
#define __atomic_thread_fence(order) ((void)0)
#define __builtin_trap() prove_stop("trap")
#define invariant_broken prove_stop

#endif
