package org.openbars.router.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;

import ca.uhn.fhir.parser.DataFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;

/**
 * The file that {@code metadata.file} names: a CapabilityStatement in JSON, FHIR R4, UTF-8, at most
 * {@link #LIMIT} bytes. It is answered byte for byte; the XML is made from it.
 */
public final class CapabilityFile {
  /** The largest file that is read, in bytes. */
  public static final int LIMIT = 1024 * 1024;

  private CapabilityFile() {}

  /** Why a file cannot be answered; the message is for the operator and names the file. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(Path file, String problem) {
      super(file + ": " + problem);
    }
  }

  /** Reads and checks the file. Blocks, for seconds when HAPI is first used. */
  public static CapabilityAnswer read(Path file) throws Unusable {
    byte[] json = bytes(file);
    CapabilityStatement statement = statement(file, json);
    List<String> missing = missing(statement);
    if (!missing.isEmpty()) {
      throw new Unusable(file, "the CapabilityStatement has no " + String.join(", ", missing));
    }
    if (statement.getFhirVersion() != FHIRVersion._4_0_1) {
      throw new Unusable(file, "fhirVersion must be 4.0.1");
    }
    return CapabilityAnswer.of(
        json, FhirR4.strictParser(AnswerFormat.XML).setPrettyPrint(true).encodeToString(statement));
  }

  private static byte[] bytes(Path file) throws Unusable {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw new Unusable(file, "larger than " + LIMIT + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new Unusable(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static CapabilityStatement statement(Path file, byte[] json) throws Unusable {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      return FhirR4.strictParser(AnswerFormat.JSON).parseResource(CapabilityStatement.class, text);
    } catch (CharacterCodingException e) {
      throw new Unusable(file, "not UTF-8");
    } catch (DataFormatException | IllegalArgumentException | ClassCastException e) {
      throw new Unusable(file, "not a CapabilityStatement of FHIR R4 in JSON: " + e.getMessage());
    }
  }

  /** The elements that FHIR R4 demands and HAPI's parser does not. */
  private static List<String> missing(CapabilityStatement statement) {
    List<String> missing = new ArrayList<>();
    if (!statement.hasStatus()) {
      missing.add("status");
    }
    if (!statement.hasDate()) {
      missing.add("date");
    }
    if (!statement.hasKind()) {
      missing.add("kind");
    }
    if (!statement.hasFhirVersion()) {
      missing.add("fhirVersion");
    }
    if (!statement.hasFormat()) {
      missing.add("format");
    }
    if (!statement.hasRest() && !statement.hasMessaging() && !statement.hasDocument()) {
      missing.add("rest, messaging or document");
    }
    return missing;
  }
}
