# SPDX-License-Identifier: Apache-2.0
# The host test and the fuzzers of what every boot loader shares.
HOST_TEST := boot_common
SRCS := boot_test.c bundle_test.c map_test.c nodes_test.c space_test.c tree_test.c
DEPS := boot boot/common boot/common/arch/x86_64 lib/acpi lib/acpi/tests lib/elf lib/elf/tests lib/base lib/fdt lib/fdt/tests
include $(MK)/host_test.mk

HOST_TEST := boot_aarch64
SRCS := aarch64_test.c
DEPS := boot boot/common boot/common/arch/aarch64 lib/elf/tests lib/base
include $(MK)/host_test.mk

HOST_TEST := boot_riscv64
SRCS := riscv64_test.c
DEPS := boot boot/common boot/common/arch/riscv64 lib/elf/tests lib/base
include $(MK)/host_test.mk

HOST_FUZZ := boot_bundle
SRCS := bundle_fuzz.c
DEPS := lib/base/fuzz boot boot/common boot/common/arch/x86_64 lib/elf lib/elf/tests lib/base
include $(MK)/host_fuzz.mk

HOST_FUZZ := boot_map
SRCS := map_fuzz.c
DEPS := lib/base/fuzz boot boot/common boot/common/arch/x86_64 lib/elf lib/elf/tests lib/base
include $(MK)/host_fuzz.mk

HOST_FUZZ := boot_nodes
SRCS := nodes_fuzz.c
DEPS := lib/base/fuzz boot boot/common boot/common/arch/x86_64 lib/acpi lib/elf lib/elf/tests lib/fdt lib/base
include $(MK)/host_fuzz.mk
