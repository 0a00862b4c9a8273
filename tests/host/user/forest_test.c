/* SPDX-License-Identifier: Apache-2.0
 *
 * The order in which the keeper shows services: each below what it needs.
 */
#include "tests/host/user/check.h"
#include "userspace/services/keeper/forest.h"

static struct forest f;

static void begin(u32 count) { f = (struct forest){ .count = count }; }
static void need(u32 who, u32 whom) { *ELEM(f.needs, who) |= 1ull << whom; }

static void those_without_needs_stand_as_they_come(void)
{
	begin(3);
	forest_make(&f);
	for (u32 i = 0; i < 3; i++) {
		CHECK_NUMBER(i, *ELEM(f.order, i));
		CHECK_NUMBER(0, *ELEM(f.depth, i));
	}
}

static void each_stands_below_the_deepest_that_it_needs(void)
{
	begin(4);
	need(0, 1); /* 0 needs 1, which needs 3; 2 needs both */
	need(1, 3);
	need(2, 3);
	need(2, 0);
	forest_make(&f);
	CHECK_NUMBER(3, *ELEM(f.order, 0));
	CHECK_NUMBER(1, *ELEM(f.order, 1));
	CHECK_NUMBER(0, *ELEM(f.order, 2));
	CHECK_NUMBER(2, *ELEM(f.order, 3));
	CHECK_NUMBER(3, *ELEM(f.depth, 2));
}

static void everybody_of_a_circle_has_a_line(void)
{
	bool seen[FOREST_MAX] = {};

	begin(FOREST_MAX);
	for (u32 i = 0; i < FOREST_MAX; i++)
		need(i, (i + 1) % FOREST_MAX);
	forest_make(&f);
	for (u32 i = 0; i < FOREST_MAX; i++)
		*ELEM(seen, *ELEM(f.order, i)) = true;
	for (u32 i = 0; i < FOREST_MAX; i++)
		CHECK(*ELEM(seen, i));
}

static const struct test tests[] = {
	{ "those without needs stand as they come", those_without_needs_stand_as_they_come },
	{ "each stands below the deepest that it needs", each_stands_below_the_deepest_that_it_needs },
	{ "everybody of a circle has a line", everybody_of_a_circle_has_a_line },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
