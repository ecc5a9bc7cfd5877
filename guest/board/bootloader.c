/* SPDX-License-Identifier: BSD-2-Clause */
/* Multiboot and PVH; see bootloader.h. */
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

/* Xen, docs/misc/pvh.pandoc, "PVH boot ABI", and xen/include/public/arch-x86/hvm/start_info.h: all
 * addresses are physical and below 4 GiB, 0 where there is nothing. */
#define PVH_BOOTED 0x336ec578

struct start_info {
	u32 magic, version, flags, modules_count;
	u64 modules, cmdline, rsdp;
};

/* ACPI 6.5, "Root System Description Pointer (RSDP) Structure" */
#define RSDP_SIZE 36

static const char *command_line = "";
static u8 rsdp[64];
static bool has_rsdp;

static void keep_rsdp(const void *from, u32 size)
{
	if (size > sizeof(rsdp))
		return;
	memcpy(rsdp, from, size);
	has_rsdp = true;
}

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
		if (tag->type == TAG_RSDP_1 || tag->type == TAG_RSDP_2)
			keep_rsdp(tag->content, content_size);
		address += (tag->size + 7) & ~7u;
	}
}

static void read_start_info(const struct start_info *info)
{
	if (info->cmdline)
		command_line = physical((u32)info->cmdline);
	if (info->rsdp)
		keep_rsdp(physical((u32)info->rsdp), RSDP_SIZE);
}

void bootloader_read(u32 magic, u32 information)
{
	const struct multiboot *multiboot = physical(information);

	if (magic == MULTIBOOT_BOOTED && (multiboot->flags & MULTIBOOT_HAS_CMDLINE))
		command_line = physical(multiboot->cmdline);
	if (magic == MULTIBOOT2_BOOTED)
		read_tags(information);
	if (magic == PVH_BOOTED)
		read_start_info(physical(information));
}

const char *bootloader_command_line(void)
{
	return command_line;
}

const void *bootloader_rsdp(void)
{
	return has_rsdp ? rsdp : NULL;
}
