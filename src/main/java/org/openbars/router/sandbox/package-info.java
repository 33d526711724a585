/**
 * Everything on one machine: mock receivers, synthetic messages, an embedded PostgreSQL. Rank 4.
 */
@NullMarked
package org.openbars.router.sandbox;

import org.jspecify.annotations.NullMarked;
