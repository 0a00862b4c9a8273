# SPDX-License-Identifier: Apache-2.0
# Fuzzers of what comes from outside: the loader's words, images, manifests, symbol tables, system calls.
HOST_FUZZ := boot_info
SRCS := boot_info_fuzz.c
DEPS := boot kernel/core/boot kernel/core/mem lib/base lib/base/fuzz tests/host/fake_hal
include $(MK)/host_fuzz.mk

HOST_FUZZ := image
SRCS := image_fuzz.c
DEPS := lib/base lib/base/fuzz lib/image
include $(MK)/host_fuzz.mk

HOST_FUZZ := manifest
SRCS := manifest_fuzz.c
DEPS := lib/base lib/base/fuzz lib/image
include $(MK)/host_fuzz.mk

HOST_FUZZ := symbols
SRCS := symbols_fuzz.c
DEPS := boot kernel/debug lib/base lib/base/fuzz tests/host/fake_hal
include $(MK)/host_fuzz.mk

HOST_FUZZ := core_calls
SRCS := core_calls_fuzz.c
DEPS := abi kernel/core/cpu lib/base lib/base/fuzz tests/host/fake_hal tests/host/kernel
include $(MK)/host_fuzz.mk

HOST_FUZZ := service
SRCS := service_fuzz.c
DEPS := abi lib/base lib/base/fuzz lib/service tests/host/fake_rt
include $(MK)/host_fuzz.mk
