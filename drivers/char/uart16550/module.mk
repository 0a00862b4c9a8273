# SPDX-License-Identifier: Apache-2.0
# uart: driver of a 16550 serial line; two manifests make two instances of it.
PROGRAM := uart
SRCS := main.c line.c receive.c transmit.c
DEPS := lib/base lib/path lib/rt lib/service lib/waiting abi
include $(MK)/program.mk
