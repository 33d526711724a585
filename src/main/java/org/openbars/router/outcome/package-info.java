/**
 * Turns a BarsError into the bytes the sender gets: JSON or XML, in one of two dialects. Rank 3.
 * Rendered ahead; only ids are set in on an event loop.
 */
@NullMarked
package org.openbars.router.outcome;

import org.jspecify.annotations.NullMarked;
