/** Care journeys as data, and the mock sender that plays them. Blocking. Rank 6. */
@NullMarked
package org.openbars.router.sandbox.journey;

import org.jspecify.annotations.NullMarked;
