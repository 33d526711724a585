/**
 * FHIR resources of our own, built with HAPI on a worker and kept as bytes, and the two formats
 * that answers are written in. Rank 1. HAPI never runs on an event loop: its first use takes
 * seconds.
 */
@NullMarked
package org.openbars.router.fhir;

import org.jspecify.annotations.NullMarked;
