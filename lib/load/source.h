/* SPDX-License-Identifier: Apache-2.0
 *
 * Getting at the system image: mapping it, and the right to run what is in it.
 */
#ifndef LIB_LOAD_SOURCE_H
#define LIB_LOAD_SOURCE_H

#include "lib/load/load.h"

/* Maps the image readable. WHY not checked: the kernel has checked its header and table before init ran, nobody can write to it,
 * and a service that is started again is waited for. On failure `why` ends the sentence "the system image ...". */
[[nodiscard]] enum status image_map(handle_t memory, pages_t *out, struct text *why);

/* The same, and seals it as code. The handles stay in use. */
[[nodiscard]] enum status load_source_open(handle_t memory, handle_t code, struct load_source *out, struct text *why);

#endif
