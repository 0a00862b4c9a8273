/* SPDX-License-Identifier: Apache-2.0
 *
 * A version that does not come up.
 */
#include "lib/rt/rt.h"

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return 3;
}
