/* SPDX-License-Identifier: BSD-2-Clause */
/* Error codes; see error_code.h. */
#include "error_code.h"

#include "cpu/x86.h"

/* The bit numbers of a selector's error code (SDM Vol. 3, "Error Code"). */
enum { EXT, IDT, LDT, SELECTOR_BITS };

/* SDM Vol. 3, "Page-Fault Exceptions"; a clear bit says the contrary: not present, read,
 * supervisor. */
static void add_page_fault(struct line *line, u32 error)
{
	static const char names[][5] = {"P", "W", "U", "RSVD", "I", "PK", "SS", "HLAT"};
	const char *separator = "";

	for (u32 bit = 0; bit < 32; bit++) {
		if (!(error >> bit & 1))
			continue;
		if (bit < ARRAY_SIZE(names))
			line_add(line, "%s%s", separator, names[bit]);
		else if (bit == 15)
			line_add(line, "%sSGX", separator);
		else
			line_add(line, "%sbit%u", separator, bit);
		separator = ",";
	}
}

/* The table and the place in it: a vector in the IDT, a selector elsewhere. */
static void add_selector(struct line *line, u32 error)
{
	u32 index = error >> SELECTOR_BITS;

	if (error >> EXT & 1)
		line_add(line, error >> IDT ? "EXT," : "EXT");
	if (error >> IDT & 1)
		line_add(line, "IDT:%u", index);
	else if (error >> IDT)
		line_add(line, "%s:%h", error >> LDT & 1 ? "LDT" : "GDT", index << SELECTOR_BITS);
}

/* SDM Vol. 3, "Interrupt 21--Control Protection Exception (#CP)" */
static void add_control_protection(struct line *line, u32 error)
{
	static const char names[][13] = {"NEAR-RET", "FAR-RET/IRET", "ENDBRANCH", "RSTORSSP",
					 "SETSSBSY"};
	u32 number = error & 0x7fff;

	if (number && number <= ARRAY_SIZE(names))
		line_add(line, "%s", names[number - 1]);
	else
		line_add(line, "%u", number);
	if (error >> 15 & 1)
		line_add(line, ",ENCL");
}

void line_add_error_meaning(struct line *line, u32 vector, u32 error)
{
	void (*add)(struct line * line, u32 error) = NULL;

	if (vector == VECTOR_PF)
		add = add_page_fault;
	else if (vector >= VECTOR_TS && vector <= VECTOR_GP)
		add = add_selector;
	else if (vector == VECTOR_CP)
		add = add_control_protection;
	if (!add)
		return;
	line_add(line, " means=");
	if (error)
		add(line, error);
	else
		line_add(line, "-");
}
