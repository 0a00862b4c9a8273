/* SPDX-License-Identifier: Apache-2.0
 *
 * This program's own image, to be mapped into processes that run programs: at the same addresses, code to be
 * executed and everything else to be read.
 */
#ifndef TESTS_FUZZ_GUEST_OWN_H
#define TESTS_FUZZ_GUEST_OWN_H

#include "lib/base/addr.h"
#include "abi/errors.h"

/* Once; takes a copy of the data as it is now. */
[[nodiscard]] enum status own_open(handle_t image, handle_t self);
[[nodiscard]] enum status own_map(handle_t process);

#endif
