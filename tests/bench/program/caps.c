/* SPDX-License-Identifier: Apache-2.0
 *
 * Capabilities: deriving, dropping, revoking some and many at once.
 */
#include "lib/rt/message.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { CHILDREN_MAX = 4096, FEW = 11 };

static handle_t parent;
static handle_t child[CHILDREN_MAX];
static u32 children;

static handle_t derive_one(void)
{
	handle_t made;

	must(span_text("derive"), sys_cap_derive(parent, SIGNAL_RIGHTS_ALL, 0, 0, &made));
	return made;
}

static void derive(u64 *begin, u64 *end)
{
	handle_t made = {};

	*begin = samples_now();
	enum status status = sys_cap_derive(parent, SIGNAL_RIGHTS_ALL, 0, 0, &made);

	*end = rt_now_ns();
	must(span_text("derive"), status);
	sys_cap_drop(made);
}

static void drop(u64 *begin, u64 *end)
{
	handle_t made = derive_one();

	*begin = samples_now();
	sys_cap_drop(made);
	*end = rt_now_ns();
}

static void revoke(u64 *begin, u64 *end)
{
	for (u32 i = 0; i < children; i++)
		*ELEM(child, i) = derive_one();
	*begin = samples_now();
	enum status status = sys_cap_revoke(parent);

	*end = rt_now_ns();
	must(span_text("revoke"), status);
	for (u32 i = 0; i < children; i++)
		sys_cap_drop(*ELEM(child, i));
}

static void measure_revoke(struct span name, u32 count)
{
	children = count;
	samples_run_times(name, revoke, count == CHILDREN_MAX ? FEW : SAMPLES_MAX);
}

void measure_caps(void)
{
	must(span_text("no signal"), sys_signal_create(rt_group(), &parent));
	samples_run(span_text("cap_derive"), derive);
	samples_run(span_text("cap_drop"), drop);
	measure_revoke(span_text("revoke_0"), 0);
	measure_revoke(span_text("revoke_1"), 1);
	measure_revoke(span_text("revoke_8"), 8);
	measure_revoke(span_text("revoke_64"), 64);
	measure_revoke(span_text("revoke_4096"), CHILDREN_MAX);
	sys_cap_drop(parent);
}
