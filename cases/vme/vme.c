/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual-8086 mode extensions; see vme.h. */
#include "vme.h"

#include "body.h"
#include "cpu/ivt.h"
#include "cpu/segments.h"
#include "log.h"
#include "string.h"
#include "traps.h"

static const struct vme_flags *flags;
static size_t flags_count;

bool vme_enable(word cr4)
{
	if (!has_vme()) {
		log_line("needs vme=1");
		return false;
	}
	write_cr4(read_cr4() | cr4);
	return true;
}

void vme_redirect(u8 vector, word handler)
{
	/* The body's segment starts on a multiple of 64 KiB. */
	ivt_set(vector, (u16)(handler >> 16 << 12), (u16)handler);
	segments_redirect(vector);
}

static bool go_on(struct trap_frame *frame)
{
	struct place place = body_place(frame);
	word depth;

	if (frame_is_vm86(frame) && body_stack_depth(frame, &depth) && depth)
		note("image=%f", (word) * (u16 *)physical((u32)body_stack_top(VM86) - 2));
	for (size_t i = 0; i < flags_count && frame_vector(frame) == VECTOR_BP; i++)
		if (place.mark && !place.offset && !strcmp(place.mark, flags[i].mark))
			frame->flags = (frame->flags & (FLAGS_FIXED | FLAGS_VM)) | flags[i].flags;
	return false;
}

void vme_set_flags(const struct vme_flags *list, size_t count)
{
	flags = list;
	flags_count = count;
	traps_set_hook(go_on);
}
