package org.openbars.router.sandbox.journey;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Organization;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fhir.FhirR4;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;

/** The HTTP headers of one conversation (Core 1.5.0, HTTP-Header). */
final class Envelopes {
  private final String correlationId = UUID.randomUUID().toString();
  private final AnswerFormat format;

  Envelopes(AnswerFormat format) {
    this.format = format;
  }

  String correlationId() {
    return correlationId;
  }

  /**
   * With a request id of its own.
   *
   * @param useContext empty for what is no message
   */
  Map<String, String> headers(CareSetting from, CareSetting to, String useContext) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(Sent.REQUEST_ID, UUID.randomUUID().toString());
    headers.put(Sent.CORRELATION_ID, correlationId);
    headers.put("NHSD-Target-Identifier", target(to.target()));
    headers.put("NHSD-End-User-Organisation", encoded(organisation(from)));
    headers.put("NHSD-Requesting-Software", encoded(software()));
    headers.put("Accept", format.contentType() + "; version=1.1.0");
    if (!useContext.isEmpty()) {
      headers.put("use-context", useContext);
      headers.put("Content-Type", format.contentType());
    }
    return headers;
  }

  private static Organization organisation(CareSetting setting) {
    Organization organization = new Organization();
    organization
        .addIdentifier()
        .setSystem("https://fhir.nhs.uk/Id/ods-organization-code")
        .setValue(setting.odsCode());
    return organization.setName("Sandbox " + setting.label());
  }

  private static Device software() {
    Device device = new Device();
    device
        .addIdentifier()
        .setSystem("https://sandbox.example.org/Id/device-identifier")
        .setValue("SANDBOX-1");
    device
        .addDeviceName()
        .setName("BaRS router sandbox")
        .setType(Device.DeviceNameType.MANUFACTURERNAME);
    device.addVersion().setValue("1.0.0");
    return device;
  }

  private static String encoded(IBaseResource resource) {
    return base64(FhirR4.strictParser(AnswerFormat.JSON).encodeResourceToString(resource));
  }

  private static String target(TargetIdentifier target) {
    return base64("{\"system\":\"" + target.system() + "\",\"value\":\"" + target.value() + "\"}");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
