/** Refuses early and cheaply: what the node has room for, and who may ask. Rank 3. */
@NullMarked
package org.openbars.router.admit;

import org.jspecify.annotations.NullMarked;
