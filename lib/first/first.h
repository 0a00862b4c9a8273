/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel gives the first process, whichever program that is: init, or one that tests the kernel alone.
 */
#ifndef LIB_FIRST_FIRST_H
#define LIB_FIRST_FIRST_H

#include "lib/base/addr.h"
#include "lib/base/span.h"
#include "abi/structs.h"

/* Takes over the handles that the kernel left in the message buffer, as a start block of the own. Before any
 * message call. */
void first_adopt_handles(struct span program);

/* One of the kernel's handles; none if it gave none. */
handle_t first_handle(enum init_handle which);

#endif
