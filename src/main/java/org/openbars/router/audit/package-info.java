/**
 * One record for every exchange, in PostgreSQL, off the event loop's critical path. Rank 3.
 *
 * <p>Threads: an exchange's event loop touches only {@link
 * org.openbars.router.audit.AuditTrail#reserve} and {@link org.openbars.router.audit.AuditPlace},
 * which neither lock nor wait. Decoding, PostgreSQL and its connections live on one event loop that
 * carries no exchange; Flyway runs on a worker.
 */
@NullMarked
package org.openbars.router.audit;

import org.jspecify.annotations.NullMarked;
