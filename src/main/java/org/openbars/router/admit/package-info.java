/** Refuses early and cheaply: what the node has room for, and who may ask. Rank 2. */
@NullMarked
package org.openbars.router.admit;

import org.jspecify.annotations.NullMarked;
