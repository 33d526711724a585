package org.openbars.router.outcome;

import java.util.stream.Stream;
import org.openbars.router.message.BarsError;

/**
 * The live proxy's bodies, copied out by hand so that a slip in {@code LiveRow} shows. The numbers
 * are the order in which that proxy tests for them.
 */
final class LiveBodies {
  private LiveBodies() {}

  record Row(int number, BarsError error, int status, String body) {}

  static Stream<Row> rows() {
    return Stream.of(
        new Row(
            1,
            BarsError.QUOTA_EXCEEDED,
            429,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"531e073a-3295-4e67-ae90-e00bd96a9cdd\","
                + "\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"429\",\"details\":{\"coding\":["
                + "{\"system\":\"http://hl7.org/fhir/ValueSet/operation-outcome\",\"code\":\"PROXY_TOO_MANY_REQUESTS\"}]},"
                + "\"diagnostics\":\""
                + "Too many requests have been made by this source in a given amount of time: "
                + "(further diagnostics information, error message/error text)\"}]}"),
        new Row(
            2,
            BarsError.TOKEN_INVALID,
            401,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"d7aaf12e-7b94-4ef6-b047-d2d92981b1cd\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"security\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"SEND_UNAUTHORIZED\"}]},"
                + "\"diagnostics\":\""
                + "The user or system was not able to be authenticated, either the access "
                + "token was invalid, or not provided.\"}]}"),
        new Row(
            3,
            BarsError.TOKEN_MISSING,
            401,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"e1112dbd-7aaf-412e-9b94-ef6e047d2d92\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"unknown\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"SEND_UNAUTHORIZED\"}]},"
                + "\"diagnostics\":\""
                + "No Access token was provided.\"}]}"),
        new Row(
            4,
            BarsError.SCOPE_MISSING,
            403,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"3ce474db-cbc8-4682-a5ab-ca2a4eda1dae\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"forbidden\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"SEND_FORBIDDEN\"}]},"
                + "\"diagnostics\":\""
                + "The access token was provided, but BaRS is not enabled.\"}]}"),
        new Row(
            5,
            BarsError.TOKEN_EXPIRED,
            401,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"d7aaf12e-7b94-4ef6-b047-d2d92981b1cd\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"security\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"SEND_UNAUTHORIZED\"}]},"
                + "\"diagnostics\":\""
                + "The user or system was not able to be authenticated, either the access "
                + "token was invalid, or not provided.\"}]}"),
        new Row(
            6,
            BarsError.REQUEST_ID_MISSING,
            400,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"42c78e78-c06a-462a-8194-956e6a8dc4a2\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"invalid\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"BAD_REQUEST\"}]},"
                + "\"diagnostics\":\""
                + "The X-Request-Id or the X-Correlation-Id was not included Or the "
                + "NHSD-Target-Identifier was not included (depending on the endpoint being "
                + "called).\"}]}"),
        new Row(
            7,
            BarsError.VERSION_NOT_SERVED,
            406,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"531e073a-3295-4e67-ae90-e00bd96a9cdd\","
                + "\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"processing\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"SEND_NOT_ACCEPTABLE\"}]},"
                + "\"diagnostics\":\""
                + "Senders message had an incorrect content type defined for a response: "
                + "&lt;further diagnostics information, error message/error text&gt;\"}]}"),
        new Row(
            8,
            BarsError.TARGET_NOT_BASE64,
            400,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"76825bab-2cab-432a-b881-66ec070981d8\","
                + "\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"400\",\"details\":{\"coding\":["
                + "{\"system\":\"http://hl7.org/fhir/ValueSet/operation-outcome\",\"code\":\"PROXY_BAD_REQUEST\"}]},"
                + "\"diagnostics\":\""
                + "The base64 decoding of the NHSD-Target-Identifier header failed.\"}]}"),
        new Row(
            9,
            BarsError.TARGET_MALFORMED,
            400,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"da38f50a-160a-4e5d-8e77-117b0759053a\","
                + "\"meta\":{\"profile\":[\"https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"structure\",\"details\":{\"coding\":["
                + "{\"system\":\"http://hl7.org/fhir/ValueSet/operation-outcome\",\"code\":\"PROXY_BAD_REQUEST\"}]},"
                + "\"diagnostics\":\""
                + "Invalid schema for NHSD-Target-Identifier header\"}]}"),
        new Row(
            10,
            BarsError.TARGET_UNKNOWN,
            404,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"531e073a-3295-4e67-ae90-e00bd96a9cdd\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"not-found\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"PROXY_NOT_FOUND\"}]},"
                + "\"diagnostics\":\""
                + "The target endpoint does not exist in the Endpoint Catalogue.\"}]}"),
        new Row(
            11,
            BarsError.RECEIVER_ANSWERED_UNAVAILABLE,
            503,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"4b87b05b-7a20-4994-abea-57778024d216\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"transient\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"REC_SERVICE_UNAVAILABLE\"}]},"
                + "\"diagnostics\":\""
                + "The response from the receiver was a 503, with no detail. Also useful if "
                + "there is a connection failure such as the endpoint not being found, or "
                + "failing to resolve.\"}]}"),
        new Row(
            12,
            BarsError.RECEIVER_ANSWERED_NO_STORE,
            500,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"ca0f6c46-589e-4558-a937-d4974e1112db\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"no-store\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"REC_SERVER_ERROR\"}]},"
                + "\"diagnostics\":\""
                + "internal data storage issue.\"}]}"),
        new Row(
            13,
            BarsError.RECEIVER_ANSWERED_ERROR,
            500,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"b38b875b-a1cf-4104-a900-3a5d3ce474db\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"exception\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"REC_SERVER_ERROR\"}]},"
                + "\"diagnostics\":\""
                + "unhandled exception.\"}]}"),
        new Row(
            14,
            BarsError.RECEIVER_TIMED_OUT,
            408,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"5abca2a4-eda1-4dae-8cc9-5d48c6b791dc\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"timeout\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"REC_TIMEOUT\"}]},"
                + "\"diagnostics\":\""
                + "The connection to the Receiver timed out.\"}]}"),
        new Row(
            15,
            BarsError.RECEIVER_ANSWERED_FORBIDDEN,
            403,
            "{\"resourceType\":\"OperationOutcome\",\"id\":\"c936667e-13b0-4f56-94b1-e944a459837e\","
                + "\"meta\":{\"profile\":[\"https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome\"]},"
                + "\"issue\":[{\"severity\":\"error\",\"code\":\"forbidden\",\"details\":{\"coding\":["
                + "{\"system\":\"https://fhir.nhs.uk/Codesystem/http-error-codes\",\"code\":\"REC_FORBIDDEN\"}]},"
                + "\"diagnostics\":\""
                + "TLS-MA failure.\"}]}"));
  }
}
