/**
 * What exchanges leave on this machine's disk until every sink of the audit has it. Rank 2.
 *
 * <p>Threads: event loops write; each sink reads on a thread of its own choosing; threads named
 * {@code audit-journal*} force, watch and tidy, and no event loop waits for them.
 */
@NullMarked
package org.openbars.router.journal;

import org.jspecify.annotations.NullMarked;
