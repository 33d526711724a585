package org.openbars.router.admin;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.openbars.router.admin.AdminRoutes.Route;

/**
 * {@code /openapi/}: what senders may ask of the router, as an OpenAPI document and as pages of
 * Swagger UI, which this port serves itself. Read from the jar each time, on the admin worker.
 */
final class OpenApiRoutes {
  private static final String PATH = "/openapi/";
  private static final String SWAGGER = "/META-INF/resources/webjars/swagger-ui/";
  private static final String SWAGGER_VERSION =
      "/META-INF/maven/org.webjars/swagger-ui/pom.properties";

  private final WorkerExecutor worker;

  OpenApiRoutes(WorkerExecutor worker) {
    this.worker = worker;
  }

  Map<String, Route> gets() {
    Map<String, Route> gets = new HashMap<>();
    gets.put(PATH + "openapi.json", json());
    gets.put(PATH, file("text/html; charset=utf-8", () -> ours("index.html")));
    gets.put(PATH + "start.js", file("text/javascript", () -> ours("start.js")));
    put(gets, "swagger-ui.css", "text/css");
    put(gets, "swagger-ui-bundle.js", "text/javascript");
    put(gets, "swagger-ui-bundle.js.LICENSE.txt", "text/plain");
    put(gets, "favicon-32x32.png", "image/png");
    return gets;
  }

  private Route json() {
    return file("application/json", () -> OpenApi.document().toBuffer());
  }

  private void put(Map<String, Route> gets, String name, String type) {
    gets.put(PATH + name, file(type, () -> swagger(name)));
  }

  private Route file(String type, Callable<Buffer> read) {
    return request -> answer(request, type, read);
  }

  private void answer(HttpServerRequest request, String type, Callable<Buffer> read) {
    worker
        .executeBlocking(read, false)
        .onSuccess(body -> AdminRoutes.send(request, 200, type, body))
        .onFailure(e -> AdminRoutes.failed(request, e));
  }

  private static Buffer ours(String name) throws IOException {
    return resource("/openapi/" + name);
  }

  private static Buffer swagger(String name) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = open(SWAGGER_VERSION)) {
      properties.load(in);
    }
    return resource(SWAGGER + properties.getProperty("version") + "/" + name);
  }

  private static Buffer resource(String path) throws IOException {
    try (InputStream in = open(path)) {
      return Buffer.buffer(in.readAllBytes());
    }
  }

  private static InputStream open(String path) throws IOException {
    InputStream in = OpenApiRoutes.class.getResourceAsStream(path);
    if (in == null) {
      throw new FileNotFoundException(path);
    }
    return in;
  }
}
