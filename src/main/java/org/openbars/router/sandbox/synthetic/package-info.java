/**
 * Synthetic patients, services and messages, built with HAPI's types. Nothing here is for an event
 * loop. Rank 4.
 */
@NullMarked
package org.openbars.router.sandbox.synthetic;

import org.jspecify.annotations.NullMarked;
