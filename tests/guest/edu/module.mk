# SPDX-License-Identifier: Apache-2.0
# edu: a driver of QEMU's device for teaching.
PROGRAM := edu
SRCS := main.c
DEPS := lib/base lib/mmio lib/path lib/rt lib/service abi
include $(MK)/program.mk
