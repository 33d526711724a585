/**
 * Counters, gauges and timers, over one Micrometer registry. Rank 1. Safe on any thread; nothing
 * here blocks.
 */
@NullMarked
package org.openbars.router.meter;

import org.jspecify.annotations.NullMarked;
