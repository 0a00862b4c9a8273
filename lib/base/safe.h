/* SPDX-License-Identifier: Apache-2.0
 *
 * The vocabulary of the safe C profile: integer names, checked element access, unsafe
 * regions. Everything in the tree includes this file first; it depends on nothing.
 * docs/safety.md explains the profile; ./ferrous check enforces it.
 */
#ifndef LIB_BASE_SAFE_H
#define LIB_BASE_SAFE_H

typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __INT32_TYPE__ i32;
typedef __INT64_TYPE__ i64;
typedef __SIZE_TYPE__ usize;
typedef __UINTPTR_TYPE__ uptr;

#define U64_MAX 0xffffffffffffffffull
#define U32_MAX 0xffffffffu

#ifdef __CPROVER__
#define COUNTED_BY(n)
#define STABLE
#define FORCE_INLINE inline
#else
#define COUNTED_BY(n) __attribute__((counted_by(n)))
/* Marks a struct whose instances live in type-stable pools or static storage, never on a
 * stack. Only pointers to such structs may be stored in memory that outlives a call. */
#define STABLE __attribute__((annotate("stable")))
#define FORCE_INLINE inline __attribute__((always_inline))
#endif
#define PACKED __attribute__((packed))
#define NORETURN [[noreturn]]

#define LIKELY(c) __builtin_expect(!!(c), 1)
#define UNLIKELY(c) __builtin_expect(!!(c), 0)

/* Unsafe regions. The reason is part of the source; the checker demands that it begins
 * with "SAFETY: " and that the region holds something that needs it. */
#define UNSAFE_BEGIN(why) static_assert(sizeof(why) > 24, "say why this is sound")
#define UNSAFE_END() static_assert(1, "")

#define ckd_add(result, a, b) __builtin_add_overflow((a), (b), (result))
#define ckd_sub(result, a, b) __builtin_sub_overflow((a), (b), (result))
#define ckd_mul(result, a, b) __builtin_mul_overflow((a), (b), (result))

/* What happens on a broken invariant differs between kernel, user space and host: each
 * provides this function. It does not return. */
NORETURN void invariant_broken(const char *name);

/* Stops the program if an invariant does not hold. The text names the invariant of
 * docs/invariants.md where there is one. */
#define INVARIANT(condition, name) \
	do { \
		if (UNLIKELY(!(condition))) \
			invariant_broken(name); \
	} while (0)

/* WHY of 64 bits: with words of 32 an index must not be cut before it is looked at. */
static FORCE_INLINE usize bounded(u64 index, u64 count)
{
	if (UNLIKELY(index >= count))
		__builtin_trap();
	return (usize)index;
}

/* A number that came from elsewhere as a size in memory; false if a word of this machine cannot hold it. */
[[nodiscard]] static FORCE_INLINE bool usize_of(u64 number, usize *size) { return !ckd_add(size, number, 0u); }

UNSAFE_BEGIN("SAFETY: ARRAY_LEN refuses bare pointers at compile time; ELEM checks the index against the array's own length");
#define ARRAY_LEN(a) \
	(sizeof(a) / sizeof((a)[0]) + \
	 0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(__typeof__(a), __typeof__(&(a)[0]))]))
#define ELEM(a, i) (&(a)[bounded((i), ARRAY_LEN(a))])
/* For a flexible or pointed-to array whose length n is its COUNTED_BY member. */
#define ELEM_COUNTED(a, n, i) (&(a)[bounded((i), (n))])
UNSAFE_END();

UNSAFE_BEGIN("SAFETY: node is the member named, checked by type, of an object of that type: nodes are only ever linked as that member");
/* The object that holds the node of a tree or list as `member`; node is not null. */
#define HOLDER_OF(node, type, member) \
	((type *)(void *)((u8 *)(1 ? (node) : &((type *)0)->member) - __builtin_offsetof(type, member)))
UNSAFE_END();

static FORCE_INLINE u64 min_u64(u64 a, u64 b) { return a < b ? a : b; }
static FORCE_INLINE u64 max_u64(u64 a, u64 b) { return a > b ? a : b; }

#endif
