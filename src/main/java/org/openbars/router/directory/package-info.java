/**
 * Where each target identifier leads: an immutable routing table in memory, replaced when its
 * source changes. Rank 3. Look-ups on any thread; loading on a worker.
 */
@NullMarked
package org.openbars.router.directory;

import org.jspecify.annotations.NullMarked;
