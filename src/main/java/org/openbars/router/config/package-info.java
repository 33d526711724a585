/**
 * One YAML file, environment and command line turned into each package's own record; every fault
 * reported at once. Rank 8.
 */
@NullMarked
package org.openbars.router.config;

import org.jspecify.annotations.NullMarked;
