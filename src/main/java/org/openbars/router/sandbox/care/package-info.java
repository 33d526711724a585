/**
 * How a mock receiver cares: slots, bookings and referrals in memory, and the checks that the
 * standard asks of receivers. Runs on workers. Rank 5.
 */
@NullMarked
package org.openbars.router.sandbox.care;

import org.jspecify.annotations.NullMarked;
