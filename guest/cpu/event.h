/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of events, as VMX, SVM and FRED number them. */
#ifndef GUEST_CPU_EVENT_H
#define GUEST_CPU_EVENT_H

/* SDM Vol. 3, "VM-Entry Controls for Event Injection", "FRED Event Delivery"; APM Vol. 2, "Event
 * Injection". */
enum event_type {
	EVENT_NMI = 2,
	EVENT_EXCEPTION = 3,
	EVENT_SOFTWARE_INTERRUPT = 4,	/* INT n */
	EVENT_PRIVILEGED_EXCEPTION = 5, /* INT1 */
	EVENT_SOFTWARE_EXCEPTION = 6,	/* INT3, INTO */
	EVENT_OTHER = 7,		/* VMX: monitor trap flag; FRED: SYSCALL, SYSENTER */
};

#endif
