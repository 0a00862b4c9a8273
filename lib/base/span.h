/* SPDX-License-Identifier: Apache-2.0
 *
 * Views of bytes that know their length. A span may be read, an mspan may also be written.
 * Every access is checked against the view's own length; a wrong index traps. This is the one
 * way in which code under the safe C profile handles buffers.
 *
 * INV: SPAN-VALID  raw_p[0 .. raw_n) is readable (mspan: writable) for as long as the view is
 *                  used. Views live in local variables and parameters, never in static storage.
 *
 * Functions whose result is [[nodiscard]] bool check and refuse; all others trap when the
 * caller passes a range that is outside, because then the caller has not done its check.
 */
#ifndef LIB_BASE_SPAN_H
#define LIB_BASE_SPAN_H

#include "lib/base/order.h"

struct span { const u8 *raw_p; usize raw_n; };
struct mspan { u8 *raw_p; usize raw_n; };

UNSAFE_BEGIN("SAFETY: each macro takes the address and the size from the same lvalue, so the view covers exactly that object");
/* The bytes of a whole object: SPAN_OF_STRUCT(header). The argument is an lvalue. */
#define SPAN_OF_STRUCT(object) ((struct span){ (const u8 *)&(object), sizeof(object) })
#define MSPAN_OF_STRUCT(object) ((struct mspan){ (u8 *)&(object), sizeof(object) })
/* The bytes of a whole array; a bare pointer does not compile. */
#define SPAN_OF_ARRAY(array) \
	((struct span){ (const u8 *)&(array), ARRAY_LEN(array) * sizeof((array)[0]) })
#define MSPAN_OF_ARRAY(array) \
	((struct mspan){ (u8 *)&(array), ARRAY_LEN(array) * sizeof((array)[0]) })
/* The text of a string literal, without its terminator: span_text("name"). */
#define span_text(literal) ((struct span){ (const u8 *)("" literal), sizeof(literal) - 1 })
UNSAFE_END();

UNSAFE_BEGIN("SAFETY: SPAN-VALID; every function checks its offsets against raw_n before it touches raw_p");
static inline usize span_len(struct span s) { return s.raw_n; }
static inline usize mspan_len(struct mspan s) { return s.raw_n; }
static inline struct span span_empty(void) { return (struct span){ nullptr, 0 }; }
static inline struct span span_of(struct mspan s) { return (struct span){ s.raw_p, s.raw_n }; }

static inline u8 span_u8(struct span s, u64 at)
{
	return s.raw_p[bounded(at, s.raw_n)];
}

static inline u8 mspan_u8(struct mspan s, u64 at)
{
	return s.raw_p[bounded(at, s.raw_n)];
}

static inline void mspan_put_u8(struct mspan s, u64 at, u8 value)
{
	s.raw_p[bounded(at, s.raw_n)] = value;
}

/* True if [at, at + bytes) lies inside. */
static inline bool span_has(struct span s, u64 at, u64 bytes)
{
	return at <= s.raw_n && bytes <= s.raw_n - at;
}

static inline bool mspan_has(struct mspan s, u64 at, u64 bytes)
{
	return at <= s.raw_n && bytes <= s.raw_n - at;
}

/* The view of [at, at + bytes); false if that is not inside. */
[[nodiscard]] static inline bool span_sub(struct span s, u64 at, u64 bytes, struct span *out)
{
	if (!span_has(s, at, bytes))
		return false;
	*out = (struct span){ s.raw_p + at, (usize)bytes };
	return true;
}

[[nodiscard]] static inline bool mspan_sub(struct mspan s, u64 at, u64 bytes, struct mspan *out)
{
	if (!mspan_has(s, at, bytes))
		return false;
	*out = (struct mspan){ s.raw_p + at, (usize)bytes };
	return true;
}

/* The view of [at, at + bytes), which the caller knows to be inside. */
static inline struct span span_part(struct span s, u64 at, u64 bytes)
{
	if (!span_has(s, at, bytes))
		__builtin_trap();
	return (struct span){ s.raw_p + at, (usize)bytes };
}

static inline struct mspan mspan_part(struct mspan s, u64 at, u64 bytes)
{
	if (!mspan_has(s, at, bytes))
		__builtin_trap();
	return (struct mspan){ s.raw_p + at, (usize)bytes };
}

/* Copies all of `from` to the beginning of `to`, which must have room; the two may overlap. */
static inline void span_copy(struct mspan to, struct span from)
{
	if (from.raw_n > to.raw_n)
		__builtin_trap();
	if (from.raw_n != 0)
		__builtin_memmove(to.raw_p, from.raw_p, from.raw_n);
}

static inline void mspan_fill(struct mspan s, u8 value)
{
	if (s.raw_n != 0)
		__builtin_memset(s.raw_p, value, s.raw_n);
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.raw_n == b.raw_n && (a.raw_n == 0 || __builtin_memcmp(a.raw_p, b.raw_p, a.raw_n) == 0);
}

/* The text of a zero-terminated string of static storage, as the generated name tables return. */
static inline struct span span_of_cstr(const char *text)
{
	return (struct span){ (const u8 *)text, text == nullptr ? 0 : __builtin_strlen(text) };
}

/* The address, for system calls that take one. Nothing may be concluded from it. */
static inline u64 span_address(struct span s) { return (u64)(uptr)s.raw_p; }
static inline u64 mspan_address(struct mspan s) { return (u64)(uptr)s.raw_p; }
UNSAFE_END();

/* From `at` to the end; `at` is at most the length. */
static inline struct span span_from(struct span s, u64 at)
{
	return span_part(s, at, at <= span_len(s) ? span_len(s) - at : 1);
}

static inline struct mspan mspan_from(struct mspan s, u64 at)
{
	return mspan_part(s, at, at <= mspan_len(s) ? mspan_len(s) - at : 1);
}

/* At most the first `bytes`. */
static inline struct span span_first(struct span s, u64 bytes)
{
	return span_part(s, 0, min_u64(bytes, span_len(s)));
}

static inline struct mspan mspan_first(struct mspan s, u64 bytes)
{
	return mspan_part(s, 0, min_u64(bytes, mspan_len(s)));
}

/* ---- numbers in the machine's own order: what the programs of one machine share, and its own executables ---- */

static inline u16 span_u16(struct span s, u64 at)
{
	u16 value;

	span_copy(MSPAN_OF_STRUCT(value), span_part(s, at, sizeof(value)));
	return value;
}

static inline u32 span_u32(struct span s, u64 at)
{
	u32 value;

	span_copy(MSPAN_OF_STRUCT(value), span_part(s, at, sizeof(value)));
	return value;
}

static inline u64 span_u64(struct span s, u64 at)
{
	u64 value;

	span_copy(MSPAN_OF_STRUCT(value), span_part(s, at, sizeof(value)));
	return value;
}

static inline void mspan_put_u32(struct mspan s, u64 at, u32 value) { span_copy(mspan_part(s, at, 4), SPAN_OF_STRUCT(value)); }
static inline void mspan_put_u64(struct mspan s, u64 at, u64 value) { span_copy(mspan_part(s, at, 8), SPAN_OF_STRUCT(value)); }

/* ---- little-endian numbers; trap when they do not lie inside. WHY offsets of 64 bits: see `bounded` ---- */

static inline u64 span_le(struct span s, u64 at, usize width)
{
	struct span part = span_part(s, at, width);
	u64 value = 0;

	for (usize i = 0; i < width; i++)
		value |= (u64)span_u8(part, i) << (8 * i);
	return value;
}

static inline u16 span_le16(struct span s, u64 at) { return (u16)span_le(s, at, 2); }
static inline u32 span_le32(struct span s, u64 at) { return (u32)span_le(s, at, 4); }
static inline u64 span_le64(struct span s, u64 at) { return span_le(s, at, 8); }

static inline void mspan_put_le(struct mspan s, u64 at, u64 value, usize width)
{
	struct mspan part = mspan_part(s, at, width);

	for (usize i = 0; i < width; i++)
		mspan_put_u8(part, i, (u8)(value >> (8 * i)));
}

static inline void mspan_put_le16(struct mspan s, u64 at, u16 value) { mspan_put_le(s, at, value, 2); }
static inline void mspan_put_le32(struct mspan s, u64 at, u32 value) { mspan_put_le(s, at, value, 4); }
static inline void mspan_put_le64(struct mspan s, u64 at, u64 value) { mspan_put_le(s, at, value, 8); }

/* Numbers in memory that somebody else, a device or another process, reads or writes meanwhile: in one piece, once. Trap unless
 * they are aligned. In the machine's own order, which another process has too; `le' in the devices'. */
static inline struct mspan mspan_aligned(struct mspan s, u64 at, usize width)
{
	struct mspan part = mspan_part(s, at, width);

	if (mspan_address(part) % width != 0)
		__builtin_trap();
	return part;
}

/* WHY: where a word has 32 bits, numbers of 64 need not be aligned to their size by themselves. */
typedef u64 u64_aligned __attribute__((aligned(8)));

UNSAFE_BEGIN("SAFETY: the bytes are within the view, and the address is a multiple of their number");
static inline u16 *raw_u16(struct mspan s, u64 at) { return (u16 *)(void *)mspan_aligned(s, at, 2).raw_p; }
static inline u32 *raw_u32(struct mspan s, u64 at) { return (u32 *)(void *)mspan_aligned(s, at, 4).raw_p; }
static inline u64_aligned *raw_u64(struct mspan s, u64 at) { return (u64_aligned *)(void *)mspan_aligned(s, at, 8).raw_p; }

static inline u32 mspan_load32(struct mspan s, u64 at) { return __atomic_load_n(raw_u32(s, at), __ATOMIC_ACQUIRE); }
static inline u64 mspan_load64(struct mspan s, u64 at) { return __atomic_load_n(raw_u64(s, at), __ATOMIC_ACQUIRE); }
static inline void mspan_store32(struct mspan s, u64 at, u32 v) { __atomic_store_n(raw_u32(s, at), v, __ATOMIC_RELEASE); }
static inline void mspan_store64(struct mspan s, u64 at, u64 v) { __atomic_store_n(raw_u64(s, at), v, __ATOMIC_RELEASE); }

static inline u16 mspan_load_le16(struct mspan s, u64 at)
{
	return order_le16(__atomic_load_n(raw_u16(s, at), __ATOMIC_ACQUIRE));
}

static inline u32 mspan_load_le32(struct mspan s, u64 at) { return order_le32(mspan_load32(s, at)); }

static inline void mspan_store_le16(struct mspan s, u64 at, u16 value)
{
	__atomic_store_n(raw_u16(s, at), order_le16(value), __ATOMIC_RELEASE);
}
UNSAFE_END();

/* ---- searching and text ---- */

/* Index of the first such byte at or after `from`, or the length if there is none. */
static inline usize span_find(struct span s, u64 from, u8 byte)
{
	u64 at = from;

	while (at < span_len(s) && span_u8(s, at) != byte)
		at++;
	return (usize)min_u64(at, span_len(s));
}

/* The part before the first zero byte: the text of a zero-padded field of a fixed layout. */
static inline struct span span_until_zero(struct span s)
{
	return span_first(s, span_find(s, 0, 0));
}

static inline bool span_starts_with(struct span s, struct span prefix)
{
	return span_len(s) >= span_len(prefix) && span_equal(span_first(s, span_len(prefix)), prefix);
}

static inline bool span_ends_with(struct span s, struct span suffix)
{
	return span_len(s) >= span_len(suffix) &&
	       span_equal(span_from(s, span_len(s) - span_len(suffix)), suffix);
}

/* Index of the first occurrence of `what`, or the length of `s` if there is none. */
usize span_find_text(struct span s, struct span what);

/* Writes text into a fixed, zero-padded field; cuts what does not fit, keeps a last zero.
 * True if all of it fitted. */
bool mspan_set_text(struct mspan field, struct span text);

/* A decimal number, or hexadecimal after 0x, that fills the whole span and fits 64 bits. */
[[nodiscard]] bool span_parse_u64(struct span s, u64 *out);

/* Splits at the first `separator`: returns what stands before it and leaves the rest in *rest.
 * Without a separator returns all and leaves nothing. */
struct span span_split(struct span *rest, u8 separator);

/* Without blanks and line ends at both ends. */
struct span span_trim(struct span s);

#endif
