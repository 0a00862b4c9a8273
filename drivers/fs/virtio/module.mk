# SPDX-License-Identifier: Apache-2.0
# virtio-9p: a folder of the host as files.
PROGRAM := virtio-9p
SRCS := main.c jobs.c files.c
DEPS := lib/9p2000 lib/base lib/keep lib/driver lib/mmio lib/path lib/pci lib/rt lib/service lib/virtio lib/virtio/ring abi
include $(MK)/program.mk
