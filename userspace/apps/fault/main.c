/* SPDX-License-Identifier: Apache-2.0
 *
 * fault KIND: does something forbidden. If the system is right, this program ends there, with a crash
 * record in the log, and nothing else notices.
 */
#include "lib/tool/tool.h"
#include "userspace/apps/fault/raw_faults.h"

typedef void fault_function(void);

struct kind {
	char name[12];
	fault_function *run;
};

UNSAFE_BEGIN("SAFETY: the functions are called only for what they are for, to end this process");
static const struct kind kinds[] = {
	{ "null", raw_fault_null }, { "read", raw_fault_read }, { "write", raw_fault_write }, { "text", raw_fault_text },
	{ "execute", raw_fault_execute }, { "inside", raw_fault_inside }, { "return", raw_fault_return },
	{ "stack", raw_fault_stack },
	{ "divide", raw_fault_divide }, { "trap", raw_fault_trap }, { "privileged", raw_fault_privileged },
};
UNSAFE_END();

u64 program_main(const struct rt_args *args)
{
	for (u32 i = 0; i < ARRAY_LEN(kinds) && args->count == 1; i++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(kinds, i)->name)), rt_arg(0))) {
			ELEM(kinds, i)->run();
			print_error("fault: it was not stopped\n");
			return TOOL_FAILED;
		}
	}
	return tool_usage(span_text("null|read|write|text|execute|inside|return|stack|divide|trap|privileged"));
}
