# SPDX-License-Identifier: Apache-2.0
# lib/serial: what drivers of serial lines share; each provides lib/serial/line.h.
MODULE := lib/serial
SRCS := serial.c receive.c transmit.c
DEPS := lib/base lib/path lib/rt lib/service lib/waiting abi
include $(MK)/module.mk
