# SPDX-License-Identifier: Apache-2.0
# What loaders need from a processor; each architecture's folder in arch/ provides it.
MODULE := boot/machine
SRCS :=
DEPS := lib/base boot/machine/arch/$(ARCH)
include $(MK)/module.mk
