# SPDX-License-Identifier: Apache-2.0
# The loader: makes processes from programs of the system image.
PROGRAM := loader
SRCS := main.c inject.c arch/$(ARCH)/branch.c
DEPS := lib/base lib/rt lib/spawn lib/load lib/service abi
include $(MK)/program.mk
