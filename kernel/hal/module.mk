# SPDX-License-Identifier: Apache-2.0
# kernel/hal: see the heads of its files and HOUSE.md.
MODULE := kernel/hal
SRCS :=
DEPS := boot lib/base
include $(MK)/module.mk
