# SPDX-License-Identifier: Apache-2.0
# uart: driver of a 16550 serial line; each manifest makes an instance of it.
PROGRAM := uart
SRCS := main.c access.c line.c
DEPS := lib/base lib/mmio lib/path lib/rt lib/serial lib/service lib/waiting abi
include $(MK)/program.mk
