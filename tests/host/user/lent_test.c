/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows that are lent, with a kernel that knows of capabilities, what was derived from what, and names. The client is who has
 * the capabilities that were answered; the next instance of the driver knows what is kept and in the vault.
 */
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/lease/driver/lent.h"
#include "tests/host/fake_rt/kernel.h"
#include "tests/host/user/check.h"

enum : u32 { CAPS = 128, NAMES = 16, NAME_BYTES = 32 };
enum : u32 { SIGNAL_OF_DRIVER = 5 /* kernel.h */, PIECE = 20, SIGNAL_OF_CLIENT, ANOTHER, NO_SIGNAL };

/* Handles are places here. Copies have the same node. */
static struct cap { bool there; u32 node, rights; } caps[CAPS];
static struct node { u32 parent, type; bool revoked; u64 bits; } nodes[CAPS];
static struct name { char text[NAME_BYTES]; u32 handle; } names[NAMES];
static u32 used, raised_before_revoking;

/* ---- the kernel ---- */

static u32 add(u32 node, u32 rights)
{
	struct cap *cap = ELEM(caps, used);

	*cap = (struct cap){ true, node, rights };
	return used++;
}

static void make(u32 handle, u32 type)
{
	*ELEM(caps, handle) = (struct cap){ true, handle, U32_MAX };
	*ELEM(nodes, handle) = (struct node){ .type = type };
}

static bool below(u32 node, u32 above)
{
	while (node != 0 && node != above)
		node = ELEM(nodes, node)->parent;
	return node == above;
}

static bool is_good(u32 handle)
{
	bool good = handle != 0 && ELEM(caps, handle)->there;

	for (u32 node = ELEM(caps, handle)->node; node != 0; node = ELEM(nodes, node)->parent)
		good = good && !ELEM(nodes, node)->revoked;
	return good;
}

static enum status revoke(u32 handle)
{
	u32 node = ELEM(caps, handle)->node;

	if ((ELEM(caps, handle)->rights & RIGHT_REVOKE) == 0)
		return STATUS_DENIED;
	raised_before_revoking |= handle == PIECE && ELEM(nodes, SIGNAL_OF_CLIENT)->bits != 0;
	for (u32 i = 1; i < CAPS; i++)
		if (i != node && below(i, node))
			ELEM(nodes, i)->revoked = true;
	return STATUS_OK;
}

static struct name *name_of(const struct fake_rt_arguments *a, bool free)
{
	struct span path = span_of(fake_rt_memory(a->at[1], a->at[2]));

	for (u32 i = 0; i < NAMES; i++)
		if (ELEM(names, i)->handle != 0 && span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(names, i)->text)), path))
			return ELEM(names, i);
	for (u32 i = 0; i < NAMES && free; i++)
		if (ELEM(names, i)->handle == 0) {
			(void)mspan_set_text(MSPAN_OF_ARRAY(ELEM(names, i)->text), path);
			return ELEM(names, i);
		}
	return nullptr;
}

static u32 copy(u32 handle) { return add(ELEM(caps, handle)->node, ELEM(caps, handle)->rights); }

static u32 derive(u32 handle, u32 rights)
{
	*ELEM(nodes, used) = (struct node){ .parent = ELEM(caps, handle)->node, .type = ELEM(nodes, ELEM(caps, handle)->node)->type };
	return add(used, ELEM(caps, handle)->rights & rights);
}

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *a)
{
	struct raw_result result = { .status = STATUS_OK };
	u32 handle = (u32)a->at[0];
	struct name *name;

	switch (number) {
	case SYSCALL_CAP_DERIVE: result.value = derive(handle, (u32)a->at[1]); break;
	case SYSCALL_CAP_REVOKE: result.status = revoke(handle); break;
	case SYSCALL_CAP_DROP: ELEM(caps, handle)->there = false; break;
	case SYSCALL_CAP_INSPECT: {
		struct cap_info info = { .type = ELEM(nodes, ELEM(caps, handle)->node)->type };

		span_copy(fake_rt_memory(a->at[1], sizeof(info)), SPAN_OF_STRUCT(info));
		break;
	}
	case SYSCALL_SIGNAL_RAISE:
		if (is_good(handle))
			ELEM(nodes, ELEM(caps, handle)->node)->bits |= a->at[1];
		break;
	case SYSCALL_NS_BIND:
		name = name_of(a, true);
		name->handle = copy((u32)a->at[3]);
		break;
	case SYSCALL_NS_UNBIND:
		name = name_of(a, false);
		if (name != nullptr)
			name->handle = 0;
		break;
	case SYSCALL_NS_LOOKUP:
		name = name_of(a, false);
		result.status = name == nullptr ? STATUS_NOT_FOUND : STATUS_OK;
		result.value = name == nullptr ? 0 : copy(name->handle);
		break;
	default: break;
	}
	return result;
}

u64 fake_rt_message(u64 number, struct raw_message *m)
{
	(void)number;
	(void)m;
	return STATUS_OK;
}

/* ---- the driver and its client ---- */

static struct lent lent;
static u32 memory, bell; /* the client's */

static void begin(void)
{
	for (u32 i = 0; i < CAPS; i++) {
		*ELEM(caps, i) = (struct cap){};
		*ELEM(nodes, i) = (struct node){};
	}
	for (u32 i = 0; i < NAMES; i++)
		*ELEM(names, i) = (struct name){};
	used = NO_SIGNAL + 1;
	raised_before_revoking = 0;
	make(SIGNAL_OF_DRIVER, OBJECT_SIGNAL);
	make(PIECE, OBJECT_MEMORY);
	make(SIGNAL_OF_CLIENT, OBJECT_SIGNAL);
	make(ANOTHER, OBJECT_SIGNAL);
	make(NO_SIGNAL, OBJECT_MEMORY);
	lent = (struct lent){ .number = 2, .memory = { PIECE }, .bytes = 4096 };
}

/* What comes with the answer is the client's; the driver's own copies go. */
static enum status ask(u32 signal)
{
	struct service_call call = { .cap_count = signal != 0 ? 1 : 0 };
	bool rings = false;

	if (signal != 0)
		call.cap[0] = (handle_t){ copy(signal) };
	enum status status = lent_answer(&lent, &call, &rings);

	memory = status == STATUS_OK && call.answer_caps > 0 ? copy(call.answer_cap[0].v) : 0;
	bell = status == STATUS_OK && call.answer_caps > 1 ? copy(call.answer_cap[1].v) : 0;
	for (u32 i = 0; i < call.answer_caps; i++)
		ELEM(caps, call.answer_cap[i].v)->there = false;
	lent.taken = true;
	return status == STATUS_OK && rings != (signal != 0) ? STATUS_INVALID : status;
}

static u64 bits_of(u32 handle) { return ELEM(nodes, handle)->bits; }

static bool names_are_gone(void)
{
	bool gone = true;

	for (u32 i = 0; i < NAMES; i++)
		gone = gone && ELEM(names, i)->handle == 0;
	return gone;
}

static bool all_is_back(void) { return !is_good(memory) && !is_good(bell) && is_good(PIECE) && names_are_gone(); }

/* Nothing of it is known but what is kept and what the vault has. */
static void another_instance(bool taken)
{
	lent = (struct lent){ .number = 2, .memory = { PIECE }, .bytes = 4096 };
	lent_kept(&lent, taken);
}

static void what_is_lent_is_taken_back(void)
{
	begin();
	CHECK_NUMBER(STATUS_OK, ask(SIGNAL_OF_CLIENT));
	CHECK(is_good(memory) && is_good(bell));
	/* It raises and does nothing else. */
	CHECK_NUMBER(RIGHT_DUPLICATE | RIGHT_TRANSFER | SIGNAL_RIGHT_RAISE, ELEM(caps, bell)->rights);
	lent_wake(&lent, 4);
	CHECK_NUMBER(4, bits_of(SIGNAL_OF_CLIENT));
	ELEM(nodes, SIGNAL_OF_CLIENT)->bits = 0;
	lent_take_back(&lent);
	CHECK(all_is_back() && !lent.taken);
	/* Before its memory went. */
	CHECK_NUMBER(LEASE_DOUBT, bits_of(SIGNAL_OF_CLIENT));
	CHECK(raised_before_revoking != 0);
	CHECK_NUMBER(STATUS_OK, ask(ANOTHER));
	CHECK(is_good(memory) && is_good(bell));
	lent_wake(&lent, 1);
	CHECK_NUMBER(1, bits_of(ANOTHER));
	CHECK_NUMBER(LEASE_DOUBT, bits_of(SIGNAL_OF_CLIENT));
}

static void the_next_instance_goes_on(void)
{
	begin();
	(void)ask(SIGNAL_OF_CLIENT);
	another_instance(true);
	lent_wake(&lent, 2);
	CHECK_NUMBER(2, bits_of(SIGNAL_OF_CLIENT));
	CHECK(is_good(memory) && is_good(bell));
	u32 first_bell = bell, first_memory = memory;

	CHECK_NUMBER(STATUS_OK, ask(SIGNAL_OF_CLIENT));
	CHECK(is_good(first_bell));
	another_instance(true);
	lent_take_back(&lent);
	CHECK(all_is_back() && !is_good(first_bell) && !is_good(first_memory));
}

static void what_is_not_kept_is_taken_back(void)
{
	begin();
	(void)ask(SIGNAL_OF_CLIENT);
	another_instance(false);
	CHECK(all_is_back() && handle_is_none(lent.signal));
	/* Whoever sleeps is told to ask. */
	CHECK_NUMBER(LEASE_DOUBT, bits_of(SIGNAL_OF_CLIENT));
}

static void not_all_want_rings(void)
{
	begin();
	CHECK_NUMBER(STATUS_OK, ask(0));
	CHECK(is_good(memory) && bell == 0 && names_are_gone());
	lent_wake(&lent, 1);
	CHECK_NUMBER(STATUS_WRONG_TYPE, ask(NO_SIGNAL));
	CHECK(names_are_gone());
	CHECK_NUMBER(STATUS_OK, ask(SIGNAL_OF_CLIENT));
	CHECK(is_good(bell));
}

static const struct test tests[] = {
	{ "what is lent is taken back", what_is_lent_is_taken_back },
	{ "the next instance goes on", the_next_instance_goes_on },
	{ "what is not kept is taken back", what_is_not_kept_is_taken_back },
	{ "not all want rings", not_all_want_rings },
};

int main(void)
{
	fake_rt_adopt();
	RUN_TESTS(tests);
	return check_finish();
}
