/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of a conversation share. Inside of lib/9p2000.
 */
#ifndef LIB_9P2000_PARTS_H
#define LIB_9P2000_PARTS_H

#include "lib/9p2000/task.h"

static inline bool task_of_file(const struct p9_task *t) { return t->work >= P9_DO_READ && t->work <= P9_DO_LIST; }

#endif
