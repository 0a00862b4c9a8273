# SPDX-License-Identifier: Apache-2.0
# kernel/core: see the heads of its files and HOUSE.md.
MODULE := kernel/core
SRCS :=
DEPS :=
include $(MK)/module.mk
