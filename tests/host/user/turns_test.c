/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of who is served after whom.
 */
#include "tests/host/user/check.h"
#include "lib/ring/turns.h"

enum : u32 { PARTIES = 5, ALL = (1u << PARTIES) - 1, ORDER_MAX = 8 };

static u32 wants[PARTIES], given[PARTIES], order[ORDER_MAX];
static u32 room, served, turn;

static bool serve(u32 party, bool *some)
{
	u32 *left = ELEM(wants, party);

	*ELEM(order, served++ % ORDER_MAX) = party;
	for (; *left > 0 && room > 0; room--) {
		(*left)--;
		(*ELEM(given, party))++;
		*some = true;
	}
	return *left == 0;
}

static u32 round_with(u32 parties, u32 places)
{
	room = places;
	served = 0;
	return turns_round(&turn, PARTIES, parties, serve);
}

static void begin(u32 each)
{
	turn = 0;
	for (u32 i = 0; i < PARTIES; i++) {
		*ELEM(wants, i) = each;
		*ELEM(given, i) = 0;
	}
}

static void with_room_all_are_served_once(void)
{
	begin(3);
	CHECK(round_with(ALL, 100) == 0);
	CHECK(served == PARTIES);
	for (u32 i = 0; i < PARTIES; i++)
		CHECK(*ELEM(order, i) == i && *ELEM(given, i) == 3);
	CHECK(turn == 0);
}

/* Each wants more than there is room for in a round: whoever is always first would have all. */
static void without_room_each_has_the_same(void)
{
	begin(1000);
	for (u32 i = 0; i < 10 * PARTIES; i++)
		CHECK(round_with(ALL, 7) == ALL);
	for (u32 i = 0; i < PARTIES; i++)
		CHECK_NUMBER(70, *ELEM(given, i));
}

static void who_was_given_something_is_behind_the_others(void)
{
	begin(0);
	wants[2] = wants[4] = 2;
	CHECK(round_with(ALL, 1) == (1u << 2 | 1u << 4));
	CHECK(turn == 3);
	CHECK(round_with(ALL, 1) == (1u << 2 | 1u << 4) && order[0] == 3 && given[4] == 1);
	CHECK(turn == 0);
	CHECK(round_with(ALL, 1) == 1u << 4 && given[2] == 2);
}

static void who_was_given_nothing_keeps_the_turn(void)
{
	begin(1);
	turn = 3;
	CHECK(round_with(ALL, 0) == ALL);
	CHECK(turn == 3 && order[0] == 3 && served == PARTIES);
}

static void who_is_not_there_is_passed_over(void)
{
	begin(1);
	turn = 1;
	CHECK(round_with(1u << 0 | 1u << 3, 1) == 1);
	CHECK(served == 2 && order[0] == 3 && order[1] == 0 && given[3] == 1);
	CHECK(turn == 4);
}

static const struct test tests[] = {
	{ "with room all are served once", with_room_all_are_served_once },
	{ "without room each has the same", without_room_each_has_the_same },
	{ "who was given something is behind the others", who_was_given_something_is_behind_the_others },
	{ "who was given nothing keeps the turn", who_was_given_nothing_keeps_the_turn },
	{ "who is not there is passed over", who_is_not_there_is_passed_over },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
