/* SPDX-License-Identifier: Apache-2.0
 *
 * Which class a device belongs to, by its names. PCI's own classes are in lib/devices/functions.c.
 */
#include "lib/devices/devices.h"

struct known { char name[DEVICE_NAME_BYTES]; char class[DEVICE_CLASS_BYTES]; };

/* SPEC: Linux, Documentation/devicetree/bindings; PNP ids: UEFI Forum, "PNP ID and ACPI ID Registry" */
static const struct known all[] = {
	{ "ns16550a", "serial" }, { "ns16550", "serial" }, { "arm,pl011", "serial" }, { "ARMH0011", "serial" },
	{ "PNP0501", "serial" }, { "PNP0500", "serial" }, { "pciclass,070002", "serial" },
	{ "arm,pl031", "clock" }, { "google,goldfish-rtc", "clock" }, { "PNP0B00", "clock" },
	{ "virtio-net", "net" }, { "virtio-block", "block" }, { "virtio-console", "console" }, { "virtio-rng", "rng" },
	{ "virtio-9p", "files" }, { "virtio-gpu", "display" }, { "virtio-input", "input" }, { "virtio-scsi", "block" },
	{ "PNP0303", "input" }, { "PNP0F13", "input" }, { "PNP0400", "parallel" },
	{ "intel,vt-d", "iommu" }, { "arm,smmu-v3", "iommu" }, { "riscv,iommu", "iommu" },
	{ "pci-host-ecam-generic", "pci-host" }, { "acpi,mcfg", "pci-host" },
	{ "pci1234,11e8", "edu" },
	{ "cfi-flash", "flash" }, { "qemu,fw-cfg-mmio", "firmware" }, { "QEMU0002", "firmware" }, { "arm,pl061", "pins" },
	/* The kernel drives them, and nobody else may. */
	{ "arm,gic-v3", "kernel" }, { "arm,gic-v3-its", "kernel" }, { "arm,cortex-a15-gic", "kernel" }, { "arm,gic-400", "kernel" },
	{ "arm,gic-v2m-frame", "kernel" }, { "riscv,plic0", "kernel" }, { "sifive,plic-1.0.0", "kernel" },
	{ "riscv,clint0", "kernel" }, { "sifive,clint0", "kernel" }, { "riscv,imsics", "kernel" }, { "riscv,aplic", "kernel" },
	{ "acpi,local-apic", "kernel" }, { "acpi,ioapic", "kernel" }, { "acpi,hpet", "kernel" }, { "PNP0103", "kernel" },
	{ "acpi,gic", "kernel" }, { "sifive,test0", "kernel" },
};

void device_classify(struct device *device)
{
	if (device->class[0] != 0)
		return;
	for (u32 i = 0; i < ARRAY_LEN(all); i++) {
		const struct known *known = ELEM(all, i);

		if (device_is(device, device_text(known->name))) {
			mspan_set_text(MSPAN_OF_ARRAY(device->class), device_text(known->class));
			return;
		}
	}
	mspan_set_text(MSPAN_OF_ARRAY(device->class), span_text("other"));
}
