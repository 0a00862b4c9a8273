/* SPDX-License-Identifier: Apache-2.0
 *
 * false: fails.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return TOOL_FAILED;
}
