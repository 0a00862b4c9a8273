/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults put into running programs, for tests/torture. Only in a machine that was booted with the word `inject`: then each
 * program has text of its own, and the loader keeps its memory open.
 */
#ifndef USERSPACE_SERVICES_LOADER_INJECT_H
#define USERSPACE_SERVICES_LOADER_INJECT_H

#include "lib/load/load.h"

/* From now on programs are kept open; `code` is the authority to seal. */
void inject_allow(handle_t code);

/* What an order to load says: null unless it was allowed. */
struct load_open *inject_open(void);
/* The program that was loaded so runs in the process; none: it could not be loaded. */
void inject_loaded(u64 process, struct span name);

/* See LOADER_INJECT. UNKNOWN_CALL unless it was allowed. */
[[nodiscard]] enum status inject(u64 process, u64 kind, u64 random, u64 *place);
/* See LOADER_TEXT. The same. */
[[nodiscard]] enum status inject_text(u64 process, u64 *at);
/* Does not come back. The same. */
[[nodiscard]] enum status inject_hang(void);

#endif
