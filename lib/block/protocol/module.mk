# SPDX-License-Identifier: Apache-2.0
# lib/block/protocol: what drivers of disks serve, in one header.
MODULE := lib/block/protocol
SRCS :=
DEPS := lib/base
include $(MK)/module.mk
