# syntax=docker/dockerfile:1
#
#   docker build --build-arg COMMIT=$(git rev-parse HEAD) -t bars-router .
#   docker run --rm -p 8080:8080 -v /srv/bars:/etc/bars-router:ro bars-router
#
# /srv/bars holds router.yaml and what it names: its relative paths start at its own folder.
# No check of the project builds this image (its machines have no Docker): its build command was run
# and its sources exist, the rest was read. Build it once by hand after a change here.
# In a container it has to listen beyond loopback (listen.host: 0.0.0.0).

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
# .git stays outside the build; /_ping and /_status name the commit given here.
ARG COMMIT=unknown
# The dependencies in a layer of their own: they change less often than the source.
COPY .mvn .mvn
COPY pom.xml .
RUN mvn -B -ntp -q dependency:go-offline
COPY config config
COPY src src
# Tests, and the check of the source's form, run before an image is built and not inside it.
RUN mvn -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true -Dgit.commit.id=${COMMIT} package

FROM eclipse-temurin:17-jre
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="BaRS router" \
      org.opencontainers.image.description="Routes Booking and Referral Standard messages between NHS services" \
      org.opencontainers.image.revision="${COMMIT}"
COPY --from=build /build/target/bars-router.jar /opt/bars-router/bars-router.jar
# The measured flags; a jar cannot carry them.
#   UseParallelGC            an eighth less CPU an exchange than G1, and less memory: nothing in an
#                            exchange lives long enough for G1's work to pay
#   allocator.type=pooled    on Java 25 the other one costs 2.5 times the CPU; on 17 no difference
#   enable-native-access     io_uring and epoll; silences Java 25's warning
# Not measured, but needed under a memory limit: heap and network buffers may each grow to this
# share, so twice it has to leave room for the rest.
#   MaxRAMPercentage=40
#   ExitOnOutOfMemoryError   a node that has lost a thread must not look alive
ENV JDK_JAVA_OPTIONS="-XX:+UseParallelGC -Dio.netty.allocator.type=pooled --enable-native-access=ALL-UNNAMED -XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError"
# A number, so that an orchestrator can prove it is not root. Owns nothing in the image.
USER 10001:10001
# The native transport's library is unpacked into /tmp: under a read-only root file system, mount
# a small tmpfs there.
WORKDIR /tmp
# 8080 for senders, 8081 for operators. The second is for loopback unless configured otherwise.
EXPOSE 8080 8081
# No HEALTHCHECK: whether to restart (/health/live) and whether to send traffic (/health/ready) are
# two questions, which the orchestrator asks; one answer to both would restart a node that drains.
# SIGTERM drains: no new exchange is taken, those in flight get up to 40 s. Give it longer than that
# (docker stop -t 60, terminationGracePeriodSeconds: 60).
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-jar", "/opt/bars-router/bars-router.jar"]
CMD ["serve", "--config", "/etc/bars-router/router.yaml"]
