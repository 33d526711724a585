/** Accepts connections: HTTP/1.1 and HTTP/2, plain or TLS, every limit explicit. Rank 3. */
@NullMarked
package org.openbars.router.listen;

import org.jspecify.annotations.NullMarked;
