/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n with the vector of an exception that has an error code pushes none. These vectors lead to
 * entries that expect none, 32 further on, where one too many would shift the frame.
 *
 * SDM Vol. 3, "Software-Generated Exceptions"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"

BODY_16(int_n_no_error, R"(
	int	$8
mark	int_10
	int	$10
mark	int_11
	int	$11
mark	int_12
	int	$12
mark	int_13
	int	$13
mark	int_14
	int	$14
mark	int_17
	int	$17
mark	int_21
	int	$21
mark	after
	nop
)");

CASE(int_n_no_error, PROTECTED_MODES | VM86)
{
	static const u8 vectors[] = {8, 10, 11, 12, 13, 14, 17, 21};

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		idt_set(vectors[i], INTERRUPT_GATE, 3);
		idt_send_to(vectors[i], VECTOR_EXCEPTIONS + vectors[i]);
	}
	RUN(int_n_no_error);
}
