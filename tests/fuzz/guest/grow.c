/* SPDX-License-Identifier: Apache-2.0
 *
 * See grow.h.
 */
#include "tests/fuzz/guest/grow.h"
#include "tests/fuzz/guest/argument.h"
#include "tests/fuzz/guest/random.h"

void grow_program(struct program *out)
{
	*out = (struct program){ .threads = (u32)draw_below(THREADS_MAX) + 1, .times = (u32)draw_below(TIMES_MAX) + 1 };
	out->options = (u32)(draw_below(OPTIONS) & draw_below(OPTIONS));
	out->processes = (u32)min_u64(draw_below(PROCESSES_MAX) + 1, out->threads);
	if (one_in(2))
		out->options |= OPTION_AUTHORITIES;
	for (u32 i = 0; i < out->threads; i++) {
		struct list *list = ELEM(out->list, i);

		list->count = 8 + (u32)draw_below(OPS_MAX - 7);
		for (u32 op = 0; op < list->count; op++)
			random_op(ELEM(list->op, op));
	}
}

/* ---- changes of a list ---- */

static void insert(struct list *list, u32 at, const struct op *op)
{
	u32 last = (u32)min_u64(list->count, OPS_MAX - 1);

	for (u32 i = last; i > at; i--)
		*ELEM(list->op, i) = *ELEM(list->op, i - 1);
	*ELEM(list->op, at) = *op;
	list->count = last + 1;
}

static void drop(struct list *list, u32 at)
{
	for (u32 i = at; i + 1 < list->count; i++)
		*ELEM(list->op, i) = *ELEM(list->op, i + 1);
	list->count--;
}

/* The end of the list from `at` on becomes that of another. */
static void splice(struct list *list, u32 at, const struct list *other)
{
	if (other->count == 0)
		return;
	u32 from = (u32)draw_below(other->count);

	for (; at < OPS_MAX && from < other->count; at++, from++)
		*ELEM(list->op, at) = *ELEM(other->op, from);
	list->count = at;
}

static void change_list(struct list *list, const struct list *other)
{
	u32 at = (u32)draw_below(max_u64(min_u64(list->count, OPS_MAX), 1));
	struct op op;

	switch (draw_below(8)) {
	case 0:
		if (list->count > 1)
			drop(list, at);
		break;
	case 1:
		op = *ELEM(list->op, draw_below(OPS_MAX));
		insert(list, at, &op);
		break;
	case 2: splice(list, at, other); break;
	case 3:
	case 4:
		random_op(&op);
		insert(list, at, &op);
		break;
	default: random_argument(ELEM(list->op, at));
	}
}

static void change_shape(struct program *program, const struct program *other)
{
	switch (draw_below(5)) {
	case 0: program->options ^= 1u << draw_below(3); break;
	case 1: program->times = 1 + (u32)draw_below(TIMES_MAX); break;
	case 2: program->processes = (u32)draw_below(min_u64(PROCESSES_MAX, program->threads)) + 1; break;
	case 3: *ELEM(program->list, draw_below(program->threads)) = *ELEM(other->list, draw_below(other->threads)); break;
	default:
		if (program->threads == THREADS_MAX)
			return;
		*ELEM(program->list, program->threads) = *ELEM(program->list, draw_below(program->threads));
		program->threads++;
	}
}

void grow_change(struct program *program, const struct program *other)
{
	for (u64 changes = 1 + draw_below(8); changes > 0; changes--) {
		if (one_in(12))
			change_shape(program, other);
		else
			change_list(ELEM(program->list, draw_below(program->threads)), ELEM(other->list, draw_below(other->threads)));
	}
}
