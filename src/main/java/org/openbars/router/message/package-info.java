/**
 * The field's words as values: what a message is, where it goes, how its trip can end. Rank 0: JDK
 * only. Every type here is immutable and safe on any thread.
 */
@NullMarked
package org.openbars.router.message;

import org.jspecify.annotations.NullMarked;
