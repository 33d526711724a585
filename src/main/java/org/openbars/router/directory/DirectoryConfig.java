package org.openbars.router.directory;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code directory.*}.
 *
 * @param file the targets file in the live format, {@code directory.file}
 * @param checkEvery how often the file's attributes are looked at, {@code directory.check-every}
 * @param rereadEvery how often its content is read whatever the attributes say, {@code
 *     directory.reread-every}
 * @param maxShrink the part of the targets that a new file may lack before it is refused, 0 to 1,
 *     {@code directory.max-shrink}
 * @param suspensions what operators have stopped, {@code directory.suspensions}; null for what the
 *     admin port was told alone
 */
public record DirectoryConfig(
    Path file,
    Duration checkEvery,
    Duration rereadEvery,
    double maxShrink,
    @Nullable Path suspensions) {}
