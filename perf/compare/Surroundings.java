import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.MockReceivers;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * What the compared proxies share, in a process of its own so that none of it counts as theirs: the
 * mock receivers, a PostgreSQL for the audit, and the booking request. Run from the router's jar by
 * {@code run.sh}:
 *
 * <pre>
 * java -cp bars-router.jar Surroundings.java serve FOLDER DIRECTIVES   until its stdin ends
 * java -cp bars-router.jar Surroundings.java rows POSTGRES-PORT        audit rows so far
 * </pre>
 */
final class Surroundings {
  /** All of them: the receivers must not be what runs out first. */
  private static final int EVENT_LOOPS = Runtime.getRuntime().availableProcessors();

  private Surroundings() {}

  public static void main(String[] args) throws Exception {
    if (args[0].equals("rows")) {
      System.out.println(rows(Integer.parseInt(args[1])));
      return;
    }
    serve(Path.of(args[1]), args[2]);
  }

  /** Starts all of it, writes {@code FOLDER/addresses} for the shell, and waits. */
  private static void serve(Path folder, String directives) throws Exception {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(EVENT_LOOPS));
    // No log of arrivals: it hashes every body.
    MockReceivers receivers =
        MockReceivers.start(
                vertx, MockReceivers.Options.loopback().withArrivals(0).withEventLoops(EVENT_LOOPS))
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    try (EmbeddedPostgres postgres = postgres(folder.resolve("postgres"))) {
      write(folder, receivers.baseUrl(directives.equals("ordinary") ? "" : directives), postgres);
      while (System.in.read() >= 0) {
        // Until run.sh is gone, however it went.
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  /** Syncs its commits to disk as a real one does; the embedded default would not. */
  private static EmbeddedPostgres postgres(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("shared_buffers", "128MB")
        .start();
  }

  private static void write(Path folder, String baseUrl, EmbeddedPostgres postgres)
      throws IOException {
    TargetIdentifier service = CareSetting.EMERGENCY_DEPARTMENT.target();
    Files.writeString(
        folder.resolve("booking-request.json"),
        SyntheticMessages.json(SyntheticMessages.from(service).bookingRequest()));
    Files.writeString(
        folder.resolve("targets.json"),
        "{\"NHSD-Target-Identifier\": {\"%s\": {\"%s\": \"%s\"}}}\n"
            .formatted(service.system(), service.value(), baseUrl));
    String target =
        "{\"system\":\"%s\",\"value\":\"%s\"}".formatted(service.system(), service.value());
    List<Integer> ports = freePorts(5);
    String postmaster =
        Files.readAllLines(folder.resolve("postgres").resolve("postmaster.pid")).get(0).strip();
    Path done = folder.resolve("addresses.tmp");
    Files.write(
        done,
        List.of(
            "receiver_url='" + baseUrl + "'",
            "target='" + base64(target) + "'",
            "postgres_port=" + postgres.getPort(),
            "postgres_pid=" + postmaster,
            "nginx_port=" + ports.get(0),
            "router_port=" + ports.get(1),
            "admin_port=" + ports.get(2),
            "variant_port=" + ports.get(3),
            "variant_admin_port=" + ports.get(4)));
    Files.move(done, folder.resolve("addresses"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private static long rows(int port) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM audit.exchange")) {
      row.next();
      return row.getLong(1);
    }
  }
}
