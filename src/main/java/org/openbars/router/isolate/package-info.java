/**
 * What keeps one receiver host's trouble with that host: breaker, back-off, limits and budgets,
 * each without a socket or a timer of its own. Rank 1. Any thread; nothing here blocks.
 */
@NullMarked
package org.openbars.router.isolate;

import org.jspecify.annotations.NullMarked;
