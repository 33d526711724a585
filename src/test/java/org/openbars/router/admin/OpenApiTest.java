package org.openbars.router.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.Exchanges.await;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Interaction;

/** The document is valid OpenAPI 3.0 and says all that the tables say. */
final class OpenApiTest {
  @Test
  void theDocumentIsValidAndHasEveryInteraction() {
    Vertx vertx = Vertx.vertx();
    try {
      // The validator refuses documents with media types that it cannot decode.
      String document =
          OpenApi.document()
              .encode()
              .replace("application/fhir+json", "application/json")
              .replace("application/fhir+xml", "application/octet-stream");
      OpenAPIContract contract = await(OpenAPIContract.from(vertx, new JsonObject(document)));

      List<String> operations =
          contract.operations().stream()
              .map(each -> each.getHttpMethod() + " " + each.getOpenAPIPath())
              .toList();
      assertThat(operations)
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(Interaction.values())
                  .map(each -> each.method() + " " + each.pathTemplate())
                  .toList());
      Operation message = contract.operation("process_message");
      assertThat(message.getParameters())
          .extracting(each -> each.getName().toLowerCase(java.util.Locale.ROOT))
          .contains("x-request-id", "x-correlation-id", "nhsd-target-identifier", "use-context");
    } finally {
      await(vertx.close());
    }
  }

  @Test
  void everyErrorIsListedUnderItsStatus() {
    JsonObject responses =
        OpenApi.document().getJsonObject("components").getJsonObject("responses");

    for (BarsError error : BarsError.values()) {
      assertThat(responses.getJsonObject("ERROR_" + error.status()).getString("description"))
          .contains(error.code() + " (" + error.issue() + ")");
    }
  }
}
