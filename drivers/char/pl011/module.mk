# SPDX-License-Identifier: Apache-2.0
# pl011: driver of an Arm PrimeCell serial line.
PROGRAM := pl011
SRCS := main.c line.c
DEPS := lib/base lib/mmio lib/path lib/rt lib/serial lib/service lib/waiting abi
include $(MK)/program.mk
