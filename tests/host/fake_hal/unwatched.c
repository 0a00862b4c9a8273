/* SPDX-License-Identifier: Apache-2.0
 *
 * What the simulated machine tells the sanitizers, and asks them, where a program has none of their libraries: on
 * another machine than the host (HOST_TARGET).
 */
#include <sanitizer/common_interface_defs.h>

#include "lib/base/safe.h"

void __sanitizer_start_switch_fiber(void **raw_save, const void *bottom, size_t bytes)
{
	(void)raw_save;
	(void)bottom;
	(void)bytes;
}

void __sanitizer_finish_switch_fiber(void *raw_saved, const void **raw_bottom, size_t *bytes)
{
	(void)raw_saved;
	(void)raw_bottom;
	(void)bytes;
}

void __sanitizer_print_stack_trace(void) {}
void __sanitizer_set_death_callback(void (*callback)(void)) { (void)callback; }

void __sanitizer_symbolize_pc(void *at, const char *format, char *text, size_t bytes)
{
	(void)at;
	(void)format;
	if (bytes != 0)
		text[0] = 0;
}
