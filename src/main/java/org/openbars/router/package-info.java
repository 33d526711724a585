/** The commands. Rank 9: only this package wires the others together. */
@NullMarked
package org.openbars.router;

import org.jspecify.annotations.NullMarked;
