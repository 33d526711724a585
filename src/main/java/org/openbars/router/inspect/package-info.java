/**
 * Reads a request's body as it passes: who it is for, what it is about, whose. Changes nothing,
 * delays nothing, and takes a bounded amount of memory whatever the body holds. Rank 3. Runs on the
 * exchange's event loop.
 */
@NullMarked
package org.openbars.router.inspect;

import org.jspecify.annotations.NullMarked;
