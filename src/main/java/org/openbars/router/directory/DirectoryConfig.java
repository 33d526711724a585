package org.openbars.router.directory;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Keys {@code directory.*}.
 *
 * @param file the targets file in the live format, {@code directory.file}
 * @param checkEvery how often the file's attributes are looked at, {@code directory.check-every}
 * @param rereadEvery how often its content is read whatever the attributes say, {@code
 *     directory.reread-every}
 * @param maxShrink the part of the targets that a new file may lack before it is refused, 0 to 1,
 *     {@code directory.max-shrink}
 */
public record DirectoryConfig(
    Path file, Duration checkEvery, Duration rereadEvery, double maxShrink) {}
