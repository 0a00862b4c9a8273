/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of a PL011: lib/serial makes a file of it.
 */
#include "lib/rt/rt.h"
#include "lib/serial/serial.h"

u64 program_main(const struct rt_args *args)
{
	(void)args;
	return serial_run();
}
