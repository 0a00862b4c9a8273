# SPDX-License-Identifier: Apache-2.0
# lib/devices: the common description of devices, and what makes it from ACPI, device trees and PCI.
MODULE := lib/devices
SRCS := aml.c aml_devices.c aml_hosts.c classes.c described.c devices.c dmar.c functions.c iort.c print.c resets.c tables.c trees.c
DEPS := lib/base lib/fdt lib/pci
include $(MK)/module.mk
