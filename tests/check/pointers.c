/* SPDX-License-Identifier: Apache-2.0
 *
 * Marked violations of the rules on where pointers may go.
 */
#include "lib/base/safe.h"
#include "kernel/hal/atomic.h"

struct STABLE node { struct node *next; u32 *counter; u32 v; u32 words[4]; };
struct plain { u32 v; };
typedef void hook_function(u32 x);
typedef void (*hook_pointer)(u32 x);
struct holder {
	hook_function *hook;
	hook_pointer other_hook;
	struct node *node;
	struct plain *plain;
	const char *name;
	void (*run)(u32);
};
struct unknown;
struct defined_elsewhere;
struct wrong { struct node inside; };           // EXPECT: stable-auto
struct STABLE right { struct node inside; };
struct view { const u8 *raw_p; usize raw_n; };
struct carrier { u32 n; struct view view; };
struct STABLE keeps_view { struct carrier c; };  // EXPECT: view-static
struct STABLE owner { u8 *raw_base; u64 raw_bytes; };
struct private { u32 raw_flags; };

extern u32 glob[4];                             // EXPECT: extern-in-c
u32 undeclared(u32 x);                          // EXPECT: extern-in-c
static struct view saved;                       // EXPECT: view-static
static struct carrier saved_too[4];             // EXPECT: view-static
static const struct carrier constant = { 0 };
static struct owner the_owner;
static struct private flags;

#include "tests/check/pointers.h"

static struct node head, other;
static struct plain single, many[4];
static struct plain *kept = &single;
static struct holder hold = { nullptr, nullptr, &head, &single, "static", nullptr };
static struct plain *global_plain;
static u32 *global_word;
static const char *global_name;
static u32 counter;

struct incomplete { struct unknown *u; struct defined_elsewhere *d; };
static struct incomplete inc;

static void runner(u32 x)
{
	counter += x;
}

void use(u32 *a, const struct holder *h)
{
	(void)*a;
	(void)h;
}

void stores(struct node *n, struct plain *p, struct holder *h, struct unknown *u, struct defined_elsewhere *d, const char *name)
{
	n->next = n;
	head.next = n;
	head.next = nullptr;
	h->node = n;
	h->run = runner;
	h->hook = mine_or(h->hook);
	h->other_hook = h->run;
	h->name = "literal";
	h->name = name;
	global_name = name;
	h->plain = &single;
	h->plain = ELEM(many, 2);
	n->counter = &counter;
	atomic_store_release(&n->next, n);
	*n = (struct node){ .v = 1 };
	global_plain = p;                       // EXPECT: ptr-store
	global_word = q_from(n);                 // EXPECT: ptr-store
	h->plain = p;                           // EXPECT: ptr-store
	n->counter = global_word;               // EXPECT: ptr-store
	atomic_store(&n->counter, global_word); // EXPECT: ptr-store
	*h = (struct holder){ runner, runner, n, nullptr, "x", runner };
	*h = (struct holder){ runner, runner, n, p, "x", runner };  // EXPECT: ptr-store
	hold = *h;                              // EXPECT: ptr-store
	inc.u = u;                              // EXPECT: ptr-store
	inc.d = d;
	struct holder mine = { runner, runner, n, p, name, runner };
	mine.plain = p;
	mine = *h;
	use(&counter, &mine);
}

u32 *locals(struct node *n, u32 *q, struct plain by_value)
{
	u32 x = 1;
	u32 *z = &x;
	struct holder h = { .node = n, .plain = &by_value };
	struct plain outer = { 0 };
	h.plain = &outer;
	use(&x, &h);
	use(&x, &(struct holder){ .node = n });
	{
		struct plain inner = { x };
		h.plain = &inner;               // EXPECT: addr-local
		struct plain *pointer = &inner;
		h.plain = pointer;              // EXPECT: addr-local
		u32 *same = z;
		same = &x;
		*same = 2;
	}
	n->counter = &x;                        // EXPECT: addr-local ptr-store
	if (x == 4)
		return z;                       // EXPECT: addr-local
	if (x == 5)
		return ELEM(n->words, 2);
	struct node automatic = { .v = 1 };     // EXPECT: stable-auto
	(void)automatic.v;
	static struct node fine;
	n->next = &fine;
	n->next = &(struct node){ .v = 3 };     // EXPECT: stable-auto addr-local
	return q;
}

void stable(struct node by_value)               // EXPECT: stable-auto
{
	(void)by_value.v;
	(void)saved.raw_n;                      // EXPECT: raw-name
	(void)saved_too[0].n;
	(void)constant.n;
	(void)the_owner.raw_bytes;              // EXPECT: raw-name
	(void)flags.raw_flags;                  // EXPECT: raw-name
	(void)kept->v;
	(void)other.v;
	(void)global_name;
}
