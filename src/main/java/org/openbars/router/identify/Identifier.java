package org.openbars.router.identify;

import org.jspecify.annotations.Nullable;
import org.openbars.router.identify.Identified.Identity;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.CorrelationId;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.RequestId;
import org.openbars.router.message.Uuids;
import org.openbars.router.wire.RequestHeads;

/**
 * Reads a request's identity in the order of checks: ids, path and method, version, target header.
 * Immutable; any thread.
 */
public final class Identifier {
  private static final int SERVED_MAJOR = 1;
  private static final ApiVersion DOCUMENT_REFERENCE_SINCE = new ApiVersion(1, 1, 0);
  private static final ApiVersion DEFAULT_VERSION = new ApiVersion(1, 0, 0);
  private static final int MAX_LIVE_ID = 256;

  private final Dialect dialect;

  public Identifier(Dialect dialect) {
    this.dialect = dialect;
  }

  /**
   * Identifies one request.
   *
   * @param match what {@link Interaction#find} says of method and path
   * @param path the path below the base path, percent-decoded once
   */
  public Identified identify(Interaction.Match match, String path, RequestHeads heads) {
    Interaction interaction =
        match instanceof Interaction.Match.Found found ? found.interaction() : null;
    AcceptedVersion version = AcceptedVersion.parse(heads.accept());
    Identity identity = ids(heads).with(interaction, version.version());
    if (interaction == Interaction.METADATA && heads.target() == null) {
      return new Identified.OwnMetadata(identity);
    }
    BarsError fault = idFault(heads, identity);
    if (fault == null && dialect == Dialect.GUIDE) {
      if (match instanceof Interaction.Match.UnknownPath) {
        fault = BarsError.UNKNOWN_PATH;
      } else if (match instanceof Interaction.Match.WrongMethod wrong) {
        return new Identified.Refused(identity, BarsError.WRONG_METHOD, wrong.allow());
      }
    }
    if (fault == null && !served(path, version)) {
      fault = BarsError.VERSION_NOT_SERVED;
    }
    return fault == null
        ? withTarget(identity, heads)
        : new Identified.Refused(identity, fault, null);
  }

  /** The ids alone: what an answer mirrors when an exchange ends before its identity was read. */
  public Identity ids(RequestHeads heads) {
    String requestId = clean(heads.requestId(), heads.requestIdRepeated());
    String correlationId = clean(heads.correlationId(), heads.correlationIdRepeated());
    return new Identity(
        null,
        requestId == null ? null : new RequestId(requestId),
        correlationId == null ? null : new CorrelationId(correlationId),
        null);
  }

  /**
   * A path outside the base path is none of the API's, in both dialects; ids come first all the
   * same.
   */
  public Identified outsideBasePath(RequestHeads heads) {
    Identity identity = ids(heads);
    BarsError fault = idFault(heads, identity);
    return new Identified.Refused(identity, fault == null ? BarsError.UNKNOWN_PATH : fault, null);
  }

  private static Identified withTarget(Identity identity, RequestHeads heads) {
    String header = heads.target();
    if (header == null || header.isEmpty()) {
      return new Identified.Refused(identity, BarsError.TARGET_MISSING, null);
    }
    if (heads.targetRepeated()) {
      return new Identified.Refused(identity, BarsError.TARGET_REPEATED, null);
    }
    TargetHeader.Decoded decoded = TargetHeader.decode(header);
    if (decoded instanceof TargetHeader.Decoded.Good good) {
      return new Identified.ForReceiver(identity, good.target());
    }
    return new Identified.Refused(identity, ((TargetHeader.Decoded.Bad) decoded).error(), null);
  }

  /**
   * The id when it may be mirrored: sent once, and a UUID (in {@code live}: any clean value); null
   * otherwise.
   */
  private @Nullable String clean(@Nullable String id, boolean repeated) {
    if (id == null || repeated || id.isEmpty()) {
      return null;
    }
    boolean good = dialect == Dialect.GUIDE ? Uuids.isUuid(id) : isCleanText(id);
    return good ? id : null;
  }

  private static boolean isCleanText(String id) {
    return id.length() <= MAX_LIVE_ID && id.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  private @Nullable BarsError idFault(RequestHeads heads, Identity identity) {
    if (absent(heads.requestId())) {
      return BarsError.REQUEST_ID_MISSING;
    }
    if (absent(heads.correlationId())) {
      return BarsError.CORRELATION_ID_MISSING;
    }
    if (identity.requestId() == null && invalid(heads.requestId())) {
      return BarsError.REQUEST_ID_INVALID;
    }
    if (identity.correlationId() == null && invalid(heads.correlationId())) {
      return BarsError.CORRELATION_ID_INVALID;
    }
    return null;
  }

  private static boolean absent(@Nullable String id) {
    return id == null || id.isEmpty();
  }

  /**
   * In {@code live} a repeated or long id is the receiver's to judge; only control and non-ASCII
   * bytes are ours.
   */
  private boolean invalid(@Nullable String id) {
    return dialect == Dialect.GUIDE
        || id == null
        || !id.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /**
   * The guide: the version must be evaluated, 406 on another major. Live: for DocumentReference
   * only (D11).
   */
  private boolean served(String path, AcceptedVersion accepted) {
    ApiVersion version = accepted.version();
    if (dialect == Dialect.LIVE) {
      return !path.startsWith("/DocumentReference")
          || (version == null ? DEFAULT_VERSION : version).compareTo(DOCUMENT_REFERENCE_SINCE) >= 0;
    }
    return !accepted.malformed() && (version == null || version.major() == SERVED_MAJOR);
  }
}
