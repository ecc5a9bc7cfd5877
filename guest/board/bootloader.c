/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot; see bootloader.h. */
#include "board/bootloader.h"

#include "cpu/x86.h"
#include "string.h"

/* Multiboot Specification 0.6.96, "Boot information format" */
#define MULTIBOOT_BOOTED 0x2badb002
#define MULTIBOOT_HAS_CMDLINE (1u << 2)

struct multiboot {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline;
};

/* Multiboot2 Specification 2.0, "Boot information": tags, each on a multiple of 8 bytes. On UEFI it
 * is the boot loader that knows where ACPI's tables are. */
#define MULTIBOOT2_BOOTED 0x36d76289

enum { TAG_END = 0, TAG_CMDLINE = 1, TAG_RSDP_1 = 14, TAG_RSDP_2 = 15 };

struct tag {
	u32 type, size;
	char content[];
};

#define FIRST_TAG 8

static const char *command_line = "";
static u8 rsdp[64];
static bool has_rsdp;

static void read_tags(u32 information)
{
	u32 end = information + *(const u32 *)physical(information);

	for (u32 address = information + FIRST_TAG; address < end;) {
		const struct tag *tag = physical(address);
		u32 content_size = tag->size - sizeof(*tag);

		if (tag->type == TAG_END || tag->size < sizeof(*tag))
			return;
		if (tag->type == TAG_CMDLINE)
			command_line = tag->content;
		if ((tag->type == TAG_RSDP_1 || tag->type == TAG_RSDP_2) &&
		    content_size <= sizeof(rsdp)) {
			memcpy(rsdp, tag->content, content_size);
			has_rsdp = true;
		}
		address += (tag->size + 7) & ~7u;
	}
}

void bootloader_read(u32 magic, u32 information)
{
	const struct multiboot *multiboot = physical(information);

	if (magic == MULTIBOOT_BOOTED && (multiboot->flags & MULTIBOOT_HAS_CMDLINE))
		command_line = physical(multiboot->cmdline);
	if (magic == MULTIBOOT2_BOOTED)
		read_tags(information);
}

const char *bootloader_command_line(void)
{
	return command_line;
}

const void *bootloader_rsdp(void)
{
	return has_rsdp ? rsdp : NULL;
}
