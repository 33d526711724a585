/**
 * Turns headers and path into values, or into the fault that stops them. Rank 3. Pure: no I/O, no
 * waiting, on the exchange's event loop.
 */
@NullMarked
package org.openbars.router.identify;

import org.jspecify.annotations.NullMarked;
