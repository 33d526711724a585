package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of a receiver's error answer, read so that it can be judged.
 *
 * @param chunks as they came
 * @param complete whether they are the whole body
 */
record ErrorBody(List<Buffer> chunks, boolean complete) {
  ErrorBody {
    chunks = List.copyOf(chunks);
  }

  /**
   * Reads up to {@code limit} bytes, and the chunk that passes it. The answer must be paused and is
   * paused again when it is longer. Never completes when the receiver breaks off: the passage tells
   * of that.
   */
  static Future<ErrorBody> read(HttpClientResponse answer, int limit) {
    Promise<ErrorBody> promise = Promise.promise();
    List<Buffer> chunks = new ArrayList<>();
    int[] length = new int[1];
    answer.handler(
        chunk -> {
          if (length[0] > limit) {
            return;
          }
          chunks.add(chunk);
          length[0] += chunk.length();
          if (length[0] > limit) {
            answer.pause();
            promise.tryComplete(new ErrorBody(chunks, false));
          }
        });
    answer.endHandler(v -> promise.tryComplete(new ErrorBody(chunks, true)));
    answer.resume();
    return promise.future();
  }

  /** All chunks in one. */
  Buffer joined() {
    if (chunks.size() == 1) {
      return chunks.get(0);
    }
    Buffer all = Buffer.buffer();
    chunks.forEach(all::appendBuffer);
    return all;
  }
}
