/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes of units that need one that was given up: what their manifests say under `without`.
 */
#include "userspace/services/keeper/unit.h"
#include "lib/service/service.h"
#include "abi/stubs.h"

bool unit_out_of_service(const struct unit *unit)
{
	return unit->state == UNIT_FAILED || unit->state == UNIT_GIVEN_UP || unit->state == UNIT_FINISHED;
}

/* The first that it needs and that was given up; null: none. One that has ended well is not missed. */
static const struct unit *missed(const struct unit *unit)
{
	for (u32 i = 0; i < units_count(); i++) {
		const struct unit *needed = unit_at(i);

		if ((unit->needs & 1ull << i) != 0 && (needed->state == UNIT_FAILED || needed->state == UNIT_GIVEN_UP))
			return needed;
	}
	return nullptr;
}

/* Its end, if it runs, is heard of as any other; then it is out of service. */
static void stop(struct unit *unit, const struct unit *needed)
{
	unit_set_problem(unit, span_text("stopped, because this was given up, which it needs: "), unit_name(needed));
	if (unit->state == UNIT_RUNNING)
		(void)unit_kill(unit); /* it may have ended by itself meanwhile */
	else if (unit->state != UNIT_STOPPED && unit->state != UNIT_ABSENT)
		watch_out_of_service(unit, UNIT_GIVEN_UP);
}

static void change(struct unit *unit, const struct unit *needed)
{
	unit->lost = needed != nullptr;
	switch (unit->without) {
	case MANIFEST_WITHOUT_TELL:
		if (!handle_is_none(unit->signal) && sys_signal_raise(unit->signal, SERVICE_NEEDS_BIT) != STATUS_OK)
			unit_log(unit, span_text("problem: it could not be told of what it needs"));
		break;
	case MANIFEST_WITHOUT_STOP:
		if (unit->lost)
			stop(unit, needed);
		else if (unit->state == UNIT_GIVEN_UP)
			unit_restart_now(unit);
		break;
	case MANIFEST_WITHOUT_GO_ON:
	case MANIFEST_WITHOUT_COUNT:
		break;
	}
}

/* Who is stopped, or back, may be needed by others in turn. */
void lost_look(void)
{
	bool progress = true;

	while (progress) {
		progress = false;
		for (u32 i = 0; i < units_count(); i++) {
			struct unit *unit = unit_at(i);
			const struct unit *needed = missed(unit);

			if (unit->lost == (needed != nullptr))
				continue;
			change(unit, needed);
			progress = true;
		}
	}
}
