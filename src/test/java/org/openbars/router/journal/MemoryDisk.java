package org.openbars.router.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A disk in memory that knows what would outlive the process and what a power cut, and that can be
 * told to fail, to wait, or to stop for good at any operation.
 */
final class MemoryDisk implements Disk {
  /** What an operation is about to do. */
  enum Operation {
    MAKE_FOLDER,
    LIST,
    CREATE,
    OPEN,
    READ,
    WRITE,
    FORCE,
    TRUNCATE,
    DELETE,
    MOVE,
    FORCE_FOLDER
  }

  /** Looks at each operation before it takes place; may wait, or throw in its place. */
  interface Trouble {
    void before(Operation operation, Path file) throws IOException;
  }

  private static final int BLOCK = 512;

  private static final class Node {
    private byte[] bytes = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private long modified = System.currentTimeMillis();

    void room(int to) {
      if (bytes.length < to) {
        bytes = Arrays.copyOf(bytes, Math.max(to, bytes.length * 2));
      }
    }
  }

  private final Map<Path, Node> files = new HashMap<>();
  private Map<Path, Node> durableFiles = new HashMap<>();
  private final Set<Path> locked = new HashSet<>();
  private volatile Trouble trouble = (operation, file) -> {};
  private long mostBytes = Long.MAX_VALUE;
  private long peak;

  void trouble(Trouble next) {
    trouble = next;
  }

  /** From now on there is room for so much. */
  synchronized void mostBytes(long bytes) {
    mostBytes = bytes;
  }

  synchronized long used() {
    return files.values().stream().mapToLong(node -> node.size).sum();
  }

  /** The most that all segments ever took together. */
  synchronized long peak() {
    return peak;
  }

  private void note() {
    long now =
        files.entrySet().stream()
            .filter(each -> each.getKey().toString().endsWith(".seg"))
            .mapToLong(each -> each.getValue().size)
            .sum();
    peak = Math.max(peak, now);
  }

  /** What a process that was killed leaves. */
  synchronized MemoryDisk afterKill() {
    MemoryDisk left = new MemoryDisk();
    files.forEach((path, node) -> left.put(path, Arrays.copyOf(node.bytes, node.size)));
    return left;
  }

  /** What a machine that lost its power leaves: of what was not forced, some blocks. */
  synchronized MemoryDisk afterPowerCut(Random random) {
    MemoryDisk left = new MemoryDisk();
    Set<Path> names = new HashSet<>(durableFiles.keySet());
    names.addAll(files.keySet());
    for (Path name : names) {
      Node was = durableFiles.get(name);
      Node now = files.get(name);
      Node node = was == now || random.nextBoolean() ? was : now;
      if (node != null) {
        left.put(name, survivors(node, random));
      }
    }
    return left;
  }

  private static byte[] survivors(Node node, Random random) {
    int size =
        random.nextBoolean() ? Math.max(node.durable.length, node.size) : node.durable.length;
    byte[] left = Arrays.copyOf(node.durable, size);
    for (int at = 0; at < Math.min(size, node.size); at += BLOCK) {
      if (random.nextInt(4) == 0) {
        System.arraycopy(node.bytes, at, left, at, Math.min(BLOCK, Math.min(size, node.size) - at));
      }
    }
    return left;
  }

  synchronized void put(Path path, byte[] content) {
    Node node = new Node();
    node.bytes = content;
    node.size = content.length;
    node.durable = content.clone();
    files.put(path, node);
    durableFiles.put(path, node);
  }

  synchronized byte[] content(Path path) {
    Node node = files.get(path);
    return Arrays.copyOf(node.bytes, node.size);
  }

  synchronized List<Path> segments() {
    return files.keySet().stream()
        .filter(file -> SegmentFile.number(file).isPresent())
        .sorted()
        .toList();
  }

  synchronized List<Path> names() {
    return files.keySet().stream().sorted().toList();
  }

  synchronized void age(Path path, long millis) {
    files.get(path).modified -= millis;
  }

  private final class Opened implements Content {
    private final Path path;
    private final Node node;

    Opened(Path path, Node node) {
      this.path = path;
      this.node = node;
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      trouble.before(Operation.WRITE, path);
      synchronized (MemoryDisk.this) {
        int length = from.remaining();
        int end = (int) at + length;
        if (end > node.size && used() + end - node.size > mostBytes) {
          throw new IOException("No space left on device");
        }
        node.room(end);
        from.get(node.bytes, (int) at, length);
        node.size = Math.max(node.size, end);
        node.modified = System.currentTimeMillis();
        note();
        return length;
      }
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      trouble.before(Operation.READ, path);
      synchronized (MemoryDisk.this) {
        if (at >= node.size) {
          return -1;
        }
        int length = (int) Math.min(into.remaining(), node.size - at);
        into.put(node.bytes, (int) at, length);
        return length;
      }
    }

    @Override
    public void force(boolean all) throws IOException {
      trouble.before(Operation.FORCE, path);
      synchronized (MemoryDisk.this) {
        node.durable = Arrays.copyOf(node.bytes, node.size);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      trouble.before(Operation.TRUNCATE, path);
      synchronized (MemoryDisk.this) {
        if (size < node.size) {
          Arrays.fill(node.bytes, (int) size, node.size, (byte) 0);
          node.size = (int) size;
        }
      }
    }

    @Override
    public long size() {
      synchronized (MemoryDisk.this) {
        return node.size;
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public void makeFolder(Path folder) throws IOException {
    trouble.before(Operation.MAKE_FOLDER, folder);
  }

  @Override
  public synchronized Closeable lock(Path file, Path folder) throws IOException {
    if (!locked.add(file)) {
      throw new JournalInUseException(folder);
    }
    return () -> {
      synchronized (this) {
        locked.remove(file);
      }
    };
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    trouble.before(Operation.LIST, folder);
    return names();
  }

  @Override
  public Content create(Path file) throws IOException {
    trouble.before(Operation.CREATE, file);
    synchronized (this) {
      Node node = new Node();
      if (files.putIfAbsent(file, node) != null) {
        throw new FileAlreadyExistsException(file.toString());
      }
      return new Opened(file, node);
    }
  }

  @Override
  public Content open(Path file) throws IOException {
    trouble.before(Operation.OPEN, file);
    synchronized (this) {
      Node node = files.get(file);
      if (node == null) {
        throw new NoSuchFileException(file.toString());
      }
      return new Opened(file, node);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    trouble.before(Operation.DELETE, file);
    synchronized (this) {
      files.remove(file);
    }
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    trouble.before(Operation.MOVE, from);
    synchronized (this) {
      files.put(to, files.remove(from));
    }
  }

  @Override
  public synchronized long size(Path file) {
    return files.get(file).size;
  }

  @Override
  public synchronized long modifiedMillis(Path file) {
    return files.get(file).modified;
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    trouble.before(Operation.FORCE_FOLDER, folder);
    synchronized (this) {
      durableFiles = new HashMap<>(files);
    }
  }
}
