/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables' byte code by its structure, as far as what is static needs: terms one behind the other, names that are
 * given to numbers, buffers and packages. It may say anything. Functions that take from a span leave the rest in it.
 *
 * SPEC: ACPI 6.5, 20 "AML", 6.4 "Resource Data Types".
 */
#ifndef LIB_DEVICES_AML_H
#define LIB_DEVICES_AML_H

#include "lib/base/span.h"

enum : u8 {
	AML_ZERO = 0x00, AML_ONE = 0x01, AML_NAME = 0x08, AML_BYTE = 0x0a, AML_WORD = 0x0b, AML_DWORD = 0x0c, AML_STRING = 0x0d,
	AML_QWORD = 0x0e, AML_BUFFER = 0x11, AML_PACKAGE = 0x12, AML_VARIABLE_PACKAGE = 0x13, AML_EXTENDED = 0x5b, AML_DEVICE = 0x82,
};
enum : u64 { AML_HEADER_BYTES = 36 /* of a table */, AML_SEGMENT_BYTES = 4 };

/* What begins with a length that counts itself. */
[[nodiscard]] bool aml_take_package(struct span *rest, struct span *inside);

/* A number of at most 32 bits. */
[[nodiscard]] bool aml_take_number(struct span *rest, u32 *out);

/* A name; the last of its segments, or none. */
[[nodiscard]] bool aml_take_name(struct span *rest, struct span *last);

/* What `Name (NAME, ...)' gives the name among these terms, not within what they hold; empty if it is not among them, or
 * behind a term that is not known. */
struct span aml_value(struct span terms, struct span name);

/* The same as a number; `otherwise' if it is none. */
u32 aml_value_number(struct span terms, struct span name, u32 otherwise);

/* The bytes of a buffer; empty if the value is none. */
struct span aml_buffer(struct span value);

/* The next of a list of resources: what stands behind its type and length. */
struct aml_resource { bool large; u32 type; struct span bytes; };
[[nodiscard]] bool aml_next_resource(struct span *list, struct aml_resource *out);

/* The next device behind *at with a plain name: what looks like one may be other bytes. */
struct aml_device { struct span name, body; };
[[nodiscard]] bool aml_next_device(struct span aml, u64 *at, u64 most_bytes, struct aml_device *out);

/* "PNP0501"; false if it is not static, or not such a name. */
[[nodiscard]] bool aml_id(struct span body, char (*id)[9]);

#endif
