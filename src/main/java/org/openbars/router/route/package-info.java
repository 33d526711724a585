/**
 * The order of an exchange's steps; the only package that knows it. Rank 4. On the exchange's event
 * loop.
 */
@NullMarked
package org.openbars.router.route;

import org.jspecify.annotations.NullMarked;
