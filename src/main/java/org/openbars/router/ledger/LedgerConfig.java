package org.openbars.router.ledger;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keys {@code audit.seal.*}.
 *
 * @param node whose seals this process writes, {@code node.name}
 * @param sealPath the folder of the seal files, {@code audit.seal.path}; null for no seals
 * @param sealKeyFile Ed25519 private key, PKCS#8 PEM, {@code audit.seal.key-file}; null only
 *     without a path
 * @param nhsNumberKeyFile the key of the hashes in the NHS number's place, {@code
 *     audit.seal.nhs-number-key-file}; null to make one
 */
public record LedgerConfig(
    String node,
    @Nullable Path sealPath,
    @Nullable Path sealKeyFile,
    @Nullable Path nhsNumberKeyFile) {}
