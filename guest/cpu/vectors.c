/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture says of each vector; see vectors.h. */
#include "cpu/vectors.h"

#include "cpu/x86.h"

const char *vector_name(u32 vector)
{
	/* SDM Vol. 3, "Protected-Mode Exceptions and Interrupts"; APM Vol. 2, "Vectors" */
	static const char names[VECTOR_EXCEPTIONS][5] = {
		"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#9",  "#TS",
		"#NP", "#SS", "#GP", "#PF", "#15", "#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
		"#22", "#23", "#24", "#25", "#26", "#27", "#HV", "#VC", "#SX", "#31"};

	return vector < VECTOR_EXCEPTIONS ? names[vector] : NULL;
}

/* Exceptions that are reported before the instruction takes effect, so that going on where the
 * frame says would meet them again (SDM Vol. 3, "Exception Classifications"). #DB can be either; as
 * a fault it is left to whoever armed it. */
bool is_fault(u32 vector)
{
	return vector < VECTOR_EXCEPTIONS && vector != VECTOR_DB && vector != VECTOR_NMI &&
	       vector != VECTOR_BP && vector != VECTOR_OF;
}

bool pushes_error(u32 vector)
{
	const u32 vectors = 1u << VECTOR_DF | 1u << VECTOR_TS | 1u << VECTOR_NP | 1u << VECTOR_SS |
			    1u << VECTOR_GP | 1u << VECTOR_PF | 1u << VECTOR_AC | 1u << VECTOR_CP |
			    1u << VECTOR_VC | 1u << VECTOR_SX;

	return vector < VECTOR_EXCEPTIONS && (vectors >> vector & 1);
}
