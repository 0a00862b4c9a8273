# SPDX-License-Identifier: Apache-2.0
# lib/block/protocol: what drivers of disks serve, in one header.
MODULE := lib/block/protocol
SRCS :=
DEPS := lib/base lib/lease/protocol lib/ring
include $(MK)/module.mk
