# SPDX-License-Identifier: Apache-2.0
# lib/load: from a program of the system image to a process.
MODULE := lib/load
SRCS := load.c segments.c source.c
DEPS := lib/base lib/elf lib/image lib/limits lib/path lib/rt lib/9p lib/spawn abi
include $(MK)/module.mk
