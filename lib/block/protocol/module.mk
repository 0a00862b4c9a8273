# SPDX-License-Identifier: Apache-2.0
# lib/block/protocol: what drivers of disks serve, and what may be asked of them.
MODULE := lib/block/protocol
SRCS := allowed.c
DEPS := lib/base lib/lease/protocol lib/ring abi
include $(MK)/module.mk
