package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.admit.Gate;
import org.openbars.router.admit.NodeCapacity;
import org.openbars.router.audit.AuditTrail;
import org.openbars.router.directory.FileDirectory;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.message.Dialect;
import org.openbars.router.meter.Meters;
import org.openbars.router.stream.HeldBytes;
import org.openbars.router.stream.Receivers;
import org.openbars.router.stream.StreamConfig;

/**
 * What all event loops of a node share.
 *
 * @param name the node's name in the audit
 * @param ownMetadata our own CapabilityStatement in a format; completes once it has been made
 * @param statusKey what {@code /_status} asks for; null refuses all
 */
public record Node(
    String name,
    Dialect dialect,
    ListenConfig listen,
    AdmitConfig admit,
    StreamConfig stream,
    InspectConfig inspect,
    NodeCapacity capacity,
    Gate gate,
    FileDirectory directory,
    Receivers receivers,
    HeldBytes heldBytes,
    AuditTrail audit,
    Meters meters,
    BuildInfo build,
    @Nullable String statusKey,
    Function<AnswerFormat, Future<Buffer>> ownMetadata) {}
