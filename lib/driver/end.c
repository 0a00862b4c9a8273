/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a driver that has no device to rely on. See end.h.
 */
#include "lib/driver/end.h"
#include "abi/names.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

enum : u64 { EXIT_ABANDONED = 1 }; /* of the process */

void driver_not_up(enum status status, struct text *why)
{
	if (why->used == 0)
		text_add_cstr(why, status_text(status));
	rt_log(text_span(why));
	rt_exit(status == STATUS_NOT_SUPPORTED ? SERVICE_EXIT_ABSENT : EXIT_ABANDONED);
}

void driver_abandon(struct span why)
{
	TEXT_BUFFER(line, 160);

	text_add_span(&line, why);
	text_add(&line, ": beginning anew with it");
	rt_log(text_span(&line));
	rt_exit(EXIT_ABANDONED);
}
