/* SPDX-License-Identifier: Apache-2.0
 *
 * true: succeeds.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return TOOL_OK;
}
