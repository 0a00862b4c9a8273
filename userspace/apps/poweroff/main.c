/* SPDX-License-Identifier: Apache-2.0
 *
 * poweroff: switches the machine off.
 */
#include "lib/tool/tool.h"
#include "abi/stubs.h"

u64 program_main(const struct rt_args *args)
{
	if (args->count > 0)
		return tool_usage(span_text("(no arguments)"));
	enum status status = sys_machine_power(rt_handle(span_text("machine")), POWER_ACTION_OFF);

	return tool_fail_status(span_text("the machine"), status);
}
