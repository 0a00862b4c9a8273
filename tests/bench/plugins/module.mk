# SPDX-License-Identifier: Apache-2.0
# Plugins of QEMU.
# Counts the instructions of each processor: what `./ferrous bench --pairs` measures with.
HOST_PLUGIN := count
SRCS := count.c
DEPS := lib/base
include $(MK)/host_plugin.mk

# Finds the longest times without a look for interrupts: what `./ferrous bench --wakeup` measures with.
HOST_PLUGIN := stretch
SRCS := stretch.c
DEPS := lib/base
include $(MK)/host_plugin.mk

# Counts what the kernel touches in each sample of a benchmark: what `./ferrous bench --lines all` measures with.
HOST_PLUGIN := touched
SRCS := touched.c
DEPS := lib/base
include $(MK)/host_plugin.mk
