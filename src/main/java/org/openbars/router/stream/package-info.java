/**
 * Carries a message to its receiver and the answer back, with back-pressure both ways and never a
 * whole body. Rank 3. On the exchange's event loop.
 */
@NullMarked
package org.openbars.router.stream;

import org.jspecify.annotations.NullMarked;
