/**
 * The operator's port: health, metrics, audit questions. Rank 4. Its own event loop; nothing here
 * may slow an exchange.
 */
@NullMarked
package org.openbars.router.admin;

import org.jspecify.annotations.NullMarked;
