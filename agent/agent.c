/* SPDX-License-Identifier: BSD-2-Clause */
/* The first and only process of an emulated host: loads the modules, then runs one program at a
 * time for the harness, over one link that carries everything in frames. */
#include "channels.h"
#include "files.h"
#include "host.h"
#include "link.h"
#include "program.h"
#include "text.h"

static u8 frame[LARGEST + 1];

static void reset(void)
{
	kill_program();
	close_all_channels();
	send(RESET, 0, facts, length(facts));
}

static void serve_link(void)
{
	struct header header;
	char *text = (char *)frame;
	u32 path_size;
	int number;

	read_link(&header, sizeof header);
	if (header.size > LARGEST)
		return;
	read_link(frame, header.size);
	frame[header.size] = 0;
	number = header.channel % CHANNELS;
	switch (header.type) {
	case RESET:
		reset();
		break;
	case STORE:
		make_from_store((struct store *)frame, text + sizeof(struct store));
		break;
	case WRITE:
		path_size = length(text + sizeof(u32)) + 1;
		write_file(*(u32 *)frame, text + sizeof(u32), frame + sizeof(u32) + path_size,
			   header.size - sizeof(u32) - path_size);
		break;
	case LISTEN:
		listen_at(number, text);
		break;
	case CONNECT:
		connect_to(number, text);
		break;
	case DATA:
		if (channels[number].fd >= 0)
			write_all(channels[number].fd, frame, header.size);
		break;
	case END:
		close_channel(number);
		break;
	case EXECUTE:
		execute(text, header.size);
		break;
	case OFF:
		SYSCALL(SYS_REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF, 0);
	}
}

static void serve(void)
{
	struct pollfd polls[CHANNELS + 2];

	for (int number = 0; number < CHANNELS; number++) {
		polls[number].fd = channels[number].fd;
		polls[number].events = POLLIN;
	}
	polls[CHANNELS] = (struct pollfd){link_fd(), POLLIN, 0};
	polls[CHANNELS + 1] = (struct pollfd){program_fd(), POLLIN, 0};
	SYSCALL(SYS_POLL, polls, CHANNELS + 2, -1);
	for (int number = 0; number < CHANNELS; number++)
		if (polls[number].fd >= 0 && polls[number].revents)
			serve_channel(number);
	if (polls[CHANNELS + 1].fd >= 0 && polls[CHANNELS + 1].revents)
		serve_exit();
	if (polls[CHANNELS].revents & POLLIN)
		serve_link();
	else if (polls[CHANNELS].revents & POLLHUP)
		pause_for(5);
}

/* Called by start.S. VARIABLES are those that the kernel's command line gives. */
void agent(char *const *variables);

void agent(char *const *variables)
{
	set_up_host();
	open_link(setting(variables, "LINK="));
	open_store(setting(variables, "STORE="));
	/* Where Bochs has been told to, it stops here, for its state to be saved; elsewhere
	 * nothing. */
	asm volatile("xchg %%bx, %%bx" ::: "memory");
	for (;;)
		serve();
}
