/* SPDX-License-Identifier: Apache-2.0
 *
 * Building text in a buffer of fixed size, without format strings and variable arguments.
 *
 *	TEXT_BUFFER(t, 128);
 *	text_add(&t, "process ");
 *	text_add_u64(&t, id);
 *	print_text(&t);
 *
 * What does not fit is cut and remembered in `cut`; nothing is ever written outside.
 */
#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "lib/base/span.h"

/* A view: lives in local variables only. */
struct text {
	struct mspan to;
	usize used; /* INV: used <= length of `to` */
	bool cut;   /* something did not fit */
};

static inline struct text text_on(struct mspan to) { return (struct text){ to, 0, false }; }

/* A local buffer of `bytes` bytes and a builder on it, both named after `name`. */
#define TEXT_BUFFER(name, bytes) \
	u8 name##_bytes[bytes]; \
	struct text name = text_on(MSPAN_OF_ARRAY(name##_bytes))

/* What was built so far. */
static inline struct span text_span(const struct text *t) { return span_part(span_of(t->to), 0, t->used); }
static inline void text_clear(struct text *t) { t->used = 0; t->cut = false; }

void text_add_span(struct text *t, struct span s);
#define text_add(t, literal) text_add_span((t), span_text(literal))
void text_add_u8(struct text *t, u8 byte);
/* A zero-terminated string of static storage: the generated names and texts. */
void text_add_cstr(struct text *t, const char *s);

void text_add_u64(struct text *t, u64 value);            /* decimal */
void text_add_i64(struct text *t, i64 value);
void text_add_hex(struct text *t, u64 value);            /* 0x and as many digits as needed */
void text_add_hex_digits(struct text *t, u64 value, u32 digits); /* exactly so many, no 0x */
/* Decimal, right-aligned in a field of `width`. */
void text_add_u64_right(struct text *t, u64 value, u32 width);
/* Decimal, filled with zeros on the left to at least `width` digits. */
void text_add_zeros(struct text *t, u64 value, u32 width);
/* Text, left-aligned in a field of `width`; longer text is not cut. */
void text_add_padded(struct text *t, struct span s, u32 width);
/* A line of a description: the key in a column of 13, then the value. */
void text_add_field(struct text *t, struct span key, struct span value);
void text_add_field_u64(struct text *t, struct span key, u64 value);
/* What such a line of a description says under the key, the first there is; empty, or false: none says it. */
struct span text_field(struct span description, struct span key);
[[nodiscard]] bool text_field_u64(struct span description, struct span key, u64 *value);
void text_add_repeated(struct text *t, u8 byte, u32 count);
/* Seconds with three decimals: 12.345 for 12345678901 ns. */
void text_add_seconds(struct text *t, u64 ns);
/* A number of bytes for people: 512 B, 12 KiB, 3.4 MiB. */
void text_add_size(struct text *t, u64 bytes);
/* Bytes that are not printable ASCII as \xNN: for names that came from outside. */
void text_add_quoted(struct text *t, struct span s);

static inline bool ascii_is_space(u8 c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static inline bool ascii_is_digit(u8 c) { return c >= '0' && c <= '9'; }
static inline bool ascii_is_print(u8 c) { return c >= 0x20 && c < 0x7f; }
static inline bool ascii_is_alpha(u8 c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

#endif
