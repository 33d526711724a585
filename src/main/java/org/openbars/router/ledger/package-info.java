/**
 * What makes the audit tamper-evident: the bytes a record stands for, the hash chain of each day
 * and node, the seals that are kept elsewhere, and the check of all three (docs/decisions/0007).
 * Rank 1.
 *
 * <p>Threads: writers call from one thread at a time; {@link
 * org.openbars.router.ledger.Verification} blocks and belongs on a thread that may.
 */
@NullMarked
package org.openbars.router.ledger;

import org.jspecify.annotations.NullMarked;
