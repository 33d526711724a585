/**
 * Everything on one machine: mock receivers, their misbehaviour, an embedded PostgreSQL, and what
 * is shown of them. Rank 7.
 */
@NullMarked
package org.openbars.router.sandbox;

import org.jspecify.annotations.NullMarked;
