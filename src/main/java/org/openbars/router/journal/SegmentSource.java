package org.openbars.router.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A segment's file, opened to be read.
 *
 * @param soundness what its header is worth
 * @param salt the frames' salt
 */
record SegmentSource(
    Disk.Content file, SegmentFile.Soundness soundness, long salt, long createdMillis) {

  static SegmentSource open(Disk disk, Path path) throws IOException {
    Disk.Content file = disk.open(path);
    try {
      ByteBuffer header = ByteBuffer.allocate(SegmentFile.HEADER);
      Disk.readFully(file, header, 0);
      SegmentFile.Soundness soundness = SegmentFile.judge(header);
      if (soundness == SegmentFile.Soundness.EMPTY) {
        return new SegmentSource(file, soundness, 0, 0);
      }
      long salt = SegmentFile.salt(header);
      long again = SegmentFile.saltAgain(header);
      if (salt != again && !readable(file, salt) && readable(file, again)) {
        salt = again;
      }
      return new SegmentSource(file, soundness, salt, SegmentFile.createdMillis(header));
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static boolean readable(Disk.Content file, long salt) throws IOException {
    boolean[] found = {false};
    FrameScan scan = new FrameScan(file, salt, SegmentFile.HEADER, 0, true);
    scan.read(
        file.size(),
        ByteBuffer.allocate(FrameScan.WINDOW),
        new FrameScan.Visitor() {
          @Override
          public boolean full() {
            return found[0];
          }

          @Override
          public void frame(ByteBuffer window, int offset, long at) {
            found[0] = true;
          }

          @Override
          public void damaged(long lost) {
            // Looked at again by whoever reads it.
          }
        });
    return found[0];
  }
}
