/* SPDX-License-Identifier: BSD-2-Clause */
/* VGA's text mode 3, which firmware and GRUB leave on a BIOS machine: a word for each character,
 * the attribute in its upper byte. */
#include "board/screen.h"

#include "cpu/x86.h"
#include "string.h"

#define COLUMNS 80
#define ROWS 25
#define MEMORY 0xb8000
#define LOG_COLOUR 0x0700
#define PERSON_COLOUR 0x1f00

/* The CRT controller's registers, by their index */
#define CRTC_INDEX 0x3d4
#define CRTC_DATA 0x3d5
#define CURSOR_START 0x0a
#define CURSOR_OFF (1 << 5)

static struct {
	bool on;
	u32 column;
	u16 colour;
	u16 text[ROWS][COLUMNS]; /* reading it back from the device would be slow */
} screen;

static void show(void)
{
	memcpy(physical(MEMORY), screen.text, sizeof(screen.text));
}

static void new_row(void)
{
	for (u32 row = 0; row < ROWS - 1; row++)
		memcpy(screen.text[row], screen.text[row + 1], sizeof(screen.text[row]));
	for (u32 column = 0; column < COLUMNS; column++)
		screen.text[ROWS - 1][column] = screen.colour | ' ';
	screen.column = 0;
}

void screen_init(void)
{
	outb(CRTC_INDEX, CURSOR_START);
	outb(CRTC_DATA, CURSOR_OFF);
	screen.on = true;
	screen.colour = LOG_COLOUR;
	for (u32 row = 0; row < ROWS; row++)
		new_row();
	show();
}

/* Always on the last row. A row begins when there is something to stand in it. */
static void put(char c)
{
	if (screen.column == COLUMNS)
		new_row();
	if (c == '\n')
		screen.column = COLUMNS;
	else
		screen.text[ROWS - 1][screen.column++] = screen.colour | (u8)c;
}

void screen_write(const char *text, size_t size)
{
	if (!screen.on)
		return;
	while (size--)
		put(*text++);
	show();
}

void screen_end(bool done)
{
	static const char whole[] =
		"This is the end: all cases have run, and this machine can be switched off.\n"
		"The whole log has gone to COM1 (115200 baud, 8N1). Whoever has it says\n"
		"    python3 -m harness judge FILE\n";
	static const char broken[] =
		"This is the end, before all cases have run: the program itself has failed.\n"
		"This machine can be switched off. The log has gone to COM1 (115200 baud, 8N1).\n";

	screen.colour = PERSON_COLOUR;
	screen_write("\n", 1);
	if (done)
		screen_write(whole, sizeof(whole) - 1);
	else
		screen_write(broken, sizeof(broken) - 1);
}
