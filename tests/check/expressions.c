/* SPDX-License-Identifier: Apache-2.0
 *
 * Marked violations of the rules on expressions. Every line with EXPECT must be found by
 * that rule, no other line may be.
 */
#include "lib/base/addr.h"

struct counted { u32 n; u32 other; u32 a[] COUNTED_BY(n); };
struct uncounted { u32 n; u32 a[]; };
union pun { uptr i; u32 *p; };                  // EXPECT: union
union plain { u32 w; u8 b[4]; };
struct tagged { u32 tag; union { u32 *p; u32 i; }; };  // EXPECT: union
typedef u32 *u32_pointer;
struct span { const u8 *raw_p; usize raw_n; };
#define INDEX(p, i) ((p)[i])
#define PEEK(a) (*(volatile u32 *)(a))

#include "tests/check/expressions.h"

static u32 table[8];
static u32 grid[4][8];
static void (*const handlers[2])(const u32 *) = { nullptr };
static struct { char text[8]; paddr_t at; } named;

static void take(const u32 *p)
{
	(void)*p;
}

u32 allowed(u32 *p, u32 i, struct counted *f, u32 (*arr)[4], union plain pl)
{
	u32 r = 0, loc[4] = { 0 };
	struct { u32 x[4]; } s = { 0 };
	r += f->a[i] + (*arr)[i] + loc[i] + table[i] + s.x[i] + pl.b[0] + *p;
	take(ELEM(loc, 1));
	take(p);
	take(&f->n);
	take(ELEM(table, i));
	take(ELEM_COUNTED(f->a, f->n, i));
	take(nullptr);
	say("a string is fine");
	say(i ? "one" : __func__);
	r += p == nullptr;
	r += grid[i][r] + (*ELEM(grid, i))[r];
	handlers[i](p);
	named.at = (paddr_t){ 4096 };
	named.text[0] = 'x';
	r += (u32)({ u32 k = 1; k + 1; });
	switch (r) {
	case 1:
		break;
	default:
		break;
	}
	return r;
}

u32 forbidden(u32 *p, u32 i, struct uncounted *u0, struct counted *f, u32_pointer q, uptr a, void *v)
{
	u32 r = 0, loc[4] = { 0 };
	struct { u32 x[4]; } s = { 0 };
	r += p[i];                      // EXPECT: subscript
	r += 1 [p];                     // EXPECT: subscript
	r += q[i];                      // EXPECT: subscript
	r += u0->a[i];                  // EXPECT: subscript
	r += INDEX(p, i);               // EXPECT: subscript
	take(ELEM_COUNTED(p, 100, i));  // EXPECT: subscript
	take(ELEM_COUNTED(f->a, f->other, i));  // EXPECT: subscript
	r += *(p + 1);                  // EXPECT: ptr-arith
	p++;                            // EXPECT: ptr-arith
	--q;                            // EXPECT: ptr-arith
	p += i;                         // EXPECT: ptr-arith
	r += (u32)(p - q);              // EXPECT: ptr-arith
	r += p < q;                     // EXPECT: ptr-arith
	take(&table[i]);                // EXPECT: elem-addr
	r += *(&loc[3] + 1);            // EXPECT: ptr-arith elem-addr addr-local
	r += *loc;                      // EXPECT: decay
	take(loc);                      // EXPECT: decay
	take(s.x);                      // EXPECT: decay
	take((u32 *)a);                 // EXPECT: int-to-ptr
	r += PEEK(a);                   // EXPECT: int-to-ptr
	a = (uptr)p;                    // EXPECT: ptr-to-int
	take(v);                        // EXPECT: ptr-cast
	v = p;                          // EXPECT: ptr-cast
	r += *(u32 *)f;                 // EXPECT: ptr-cast
	say(named.text);                // EXPECT: decay
	say(&named.text[1]);            // EXPECT: elem-addr text-ptr
	say(ELEM(named.text, 1));       // EXPECT: text-ptr
	return r + allowed(p, i, f, nullptr, (union plain){ 0 });
}

u32 unions(union pun u, struct tagged *t)
{
	u32 r = *u.p;                   // EXPECT: union
	return r + *t->p;               // EXPECT: union
}

void strange(u32 n, struct span s)
{
	u32 a = 0, b = 0;
	__asm__ volatile("nop");        // EXPECT: asm
	__builtin_memcpy(&a, &b, 4);    // EXPECT: banned-call ptr-cast
	raw_poke(4, 5);                 // EXPECT: raw-name
	s = (struct span){ .raw_n = 5 };  // EXPECT: raw-name
	s = (struct span){ };
	a += *s.raw_p;                  // EXPECT: raw-name
	void *lab = &&out;              // EXPECT: construct
	u32 vla[n];                     // EXPECT: construct
	vla[0] = 1;
	if (n == 7)
		__builtin_unreachable();    // EXPECT: banned-call
out:
	(void)lab;
	(void)vla[0];
}
