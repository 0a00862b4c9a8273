/* SPDX-License-Identifier: Apache-2.0
 *
 * Words for people, on the firmware's console and on the first serial port.
 */
#ifndef BOOT_UEFI_MESSAGE_H
#define BOOT_UEFI_MESSAGE_H

#include "lib/base/text.h"

/* Information: on the firmware's console only, which usually is the serial port as well. */
void message_info(const struct text *text);

/* Trouble: on the console while firmware runs, and on the serial port in any case. A sentence:
 * what was expected, what was found, what to do; the prefix and the line end are added. */
void message_problem(const struct text *text);

/* From now on firmware's console must not be used. */
void message_firmware_gone(void);

#endif
