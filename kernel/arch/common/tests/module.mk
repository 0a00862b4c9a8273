# SPDX-License-Identifier: Apache-2.0
# Host test of what architectures do alike.
HOST_TEST := arch_common
SRCS := rate_test.c
DEPS := kernel/arch/common lib/base lib/elf/tests
include $(MK)/host_test.mk
