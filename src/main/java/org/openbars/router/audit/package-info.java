/** One record for every exchange, in PostgreSQL, off the event loop's critical path. Rank 2. */
@NullMarked
package org.openbars.router.audit;

import org.jspecify.annotations.NullMarked;
