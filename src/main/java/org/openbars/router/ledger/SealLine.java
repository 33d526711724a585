package org.openbars.router.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * One line of a seal file: where a node's chains ended at an instant, signed. The signature covers
 * the line's bytes in front of {@code ,"signature":"}.
 *
 * @param previous SHA-256 of the line before, in hexadecimal; zeros in a node's first line
 * @param key the name of the key it was signed with
 */
record SealLine(Instant time, String node, List<ChainHead> chains, String previous, String key) {
  static final String NO_PREVIOUS = "0".repeat(2 * LinkHash.BYTES);

  private static final String SIGNATURE = ",\"signature\":\"";
  private static final String END = "\"}";
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of();

  SealLine {
    chains = List.copyOf(chains);
  }

  /** The hash by which the next line names this one. */
  static String hash(String line) {
    return HEX.formatHex(new LinkHash().of(line.getBytes(StandardCharsets.UTF_8)));
  }

  /** The line, without its line feed. */
  static String write(
      Instant time, String node, Collection<ChainHead> chains, String previous, PrivateKey key) {
    ObjectNode line = JSON.createObjectNode();
    line.put("v", VERSION).put("time", time.toString()).put("node", node);
    ArrayNode heads = line.putArray("chains");
    for (ChainHead chain : chains) {
      heads
          .addObject()
          .put("day", chain.key().day().toString())
          .put("node", chain.key().node())
          .put("length", chain.length())
          .put("head", HEX.formatHex(chain.hash()));
    }
    line.put("previous", previous).put("key", SealKeys.name(SealKeys.publicHalf(key)));
    String json = line.toString();
    String signed = json.substring(0, json.length() - 1);
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.UTF_8));
      return signed + SIGNATURE + Base64.getEncoder().encodeToString(signature.sign()) + END;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a seal could not be signed", e);
    }
  }

  /** A line that is no seal, and why. */
  static final class NotASeal extends Exception {
    private static final long serialVersionUID = 1L;

    NotASeal(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Reads a line and checks its signature against the key it names, one of {@code keys}. */
  static SealLine read(String line, Collection<PublicKey> keys) throws NotASeal {
    int end = line.lastIndexOf(SIGNATURE);
    if (end < 0 || !line.endsWith(END)) {
      throw new NotASeal("is not whole");
    }
    String signed = line.substring(0, end);
    SealLine seal = parse(signed + "}");
    PublicKey key =
        keys.stream()
            .filter(each -> SealKeys.name(each).equals(seal.key))
            .findFirst()
            .orElseThrow(
                () -> new NotASeal("is signed with a key that was not given: " + seal.key));
    String signature = line.substring(end + SIGNATURE.length(), line.length() - END.length());
    if (!isSigned(signed, signature, key)) {
      throw new NotASeal("was changed: its signature is wrong");
    }
    return seal;
  }

  private static boolean isSigned(String signed, String signature, PublicKey key) {
    try {
      Signature check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(signed.getBytes(StandardCharsets.UTF_8));
      return check.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static SealLine parse(String json) throws NotASeal {
    try {
      JsonNode line = JSON.readTree(json);
      if (line.path("v").asInt() != VERSION) {
        throw new NotASeal("is of version " + line.path("v").asInt() + ", not " + VERSION);
      }
      List<ChainHead> chains = new ArrayList<>();
      for (JsonNode chain : line.path("chains")) {
        ChainHead.Key key =
            new ChainHead.Key(
                LocalDate.parse(chain.path("day").asText()), chain.path("node").asText());
        byte[] head = HEX.parseHex(chain.path("head").asText());
        chains.add(ChainHead.stored(key, chain.path("length").asLong(), head));
      }
      return new SealLine(
          Instant.parse(line.path("time").asText()),
          line.path("node").asText(),
          chains,
          line.path("previous").asText(),
          line.path("key").asText());
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new NotASeal("is not a seal");
    }
  }
}
