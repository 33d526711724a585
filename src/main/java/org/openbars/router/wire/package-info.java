/**
 * Shared means for the wire: header rules, request targets, body pumps, TLS material. Rank 1. Runs
 * on the exchange's event loop unless a type says otherwise.
 */
@NullMarked
package org.openbars.router.wire;

import org.jspecify.annotations.NullMarked;
