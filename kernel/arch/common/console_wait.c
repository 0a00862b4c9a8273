/* SPDX-License-Identifier: Apache-2.0
 *
 * See console_wait.h.
 */
#include "kernel/arch/common/console_wait.h"

/* WHY so many: an emulator whose host is busy may not come to take a byte for long, and looks at a device are quick there. */
enum : u32 { LOOKS = 2000000 };

bool console_wait(bool (*has_room)(void))
{
	static bool stuck;

	for (u32 looks = stuck ? LOOKS : 1; !has_room(); looks++) {
		if (looks >= LOOKS) {
			stuck = true;
			return false;
		}
	}
	stuck = false;
	return true;
}
