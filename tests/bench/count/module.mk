# SPDX-License-Identifier: Apache-2.0
# A plugin of QEMU that counts the instructions of each processor: what `./ferrous bench --pairs` measures with.
HOST_PLUGIN := count
SRCS := count.c
DEPS := lib/base
include $(MK)/host_plugin.mk
