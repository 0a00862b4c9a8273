/* SPDX-License-Identifier: Apache-2.0
 *
 * The two steps at the end of an object's life, and of work that is left to do for one, by type. See object.h.
 */
#ifndef KERNEL_CORE_OBJECT_LIFECYCLE_H
#define KERNEL_CORE_OBJECT_LIFECYCLE_H

#include "kernel/core/object/object.h"

/* Wakes waiters, drops references. Bounded; false: call again. */
[[nodiscard]] bool object_close(struct object *object);

/* After the grace period: gives memory and charges back. Bounded; false: call again. */
[[nodiscard]] bool object_free(struct object *object);

/* What object_add_work was told of. Bounded; false: call again. */
[[nodiscard]] bool object_work(struct object *object);

#endif
