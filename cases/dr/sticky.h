/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cases about DR6's sticky bits share: handlers that leave them set. */
#ifndef DR_STICKY_H
#define DR_STICKY_H

/* Has the handlers of the next #DBs leave BS, then BD, then BT set in DR6, until the end of the
 * case. */
void leave_sticky_bits(void);

#endif
