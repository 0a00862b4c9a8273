/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths: absolute, components separated by '/', resolved in text before anything is asked of a
 * server. Services never see "." or "..".
 */
#ifndef LIB_PATH_PATH_H
#define LIB_PATH_PATH_H

#include "lib/base/span.h"
#include "lib/base/text.h"
#include "abi/errors.h"

enum : u32 { PATH_BYTES_MAX = 256, PATH_NAME_MAX = 63 };

/* The absolute, clean path of `path` seen from directory `cwd` (absolute): no empty, "." or ".."
 * components, no '/' at the end but for the root. TOO_LONG if it does not fit, INVALID for a
 * zero byte or an empty path. */
[[nodiscard]] enum status path_resolve(struct span cwd, struct span path, struct text *out);

/* Takes the first component off *path, with the slashes around it; empty at the end. */
struct span path_next(struct span *path);

/* Last component, and what stands before it ("/" at the root). */
struct span path_name(struct span path);
struct span path_parent(struct span path);

/* True if `path` is `prefix` or lies below it, by whole components. */
bool path_is_below(struct span path, struct span prefix);

#endif
