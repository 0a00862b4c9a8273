# SPDX-License-Identifier: Apache-2.0
# imgfs: the system image as files, at /image.
PROGRAM := imgfs
SRCS := main.c
DEPS := lib/base lib/image lib/path lib/rt lib/load lib/service abi
include $(MK)/program.mk
