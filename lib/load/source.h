/* SPDX-License-Identifier: Apache-2.0
 *
 * Getting at the system image: mapping and checking it, and the right to run what is in it.
 */
#ifndef LIB_LOAD_SOURCE_H
#define LIB_LOAD_SOURCE_H

#include "lib/load/load.h"

/* Maps the image readable and checks header and table. On failure `why` ends the sentence "the
 * system image ...". */
[[nodiscard]] enum status image_map(handle_t memory, pages_t *out, struct text *why);

/* The same, and seals it as code. The handles stay in use. */
[[nodiscard]] enum status load_source_open(handle_t memory, handle_t code, struct load_source *out, struct text *why);

#endif
