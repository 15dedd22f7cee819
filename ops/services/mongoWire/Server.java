import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.Arrays;
import java.util.List;

/** A server of MongoDB's protocol on loopback that stores everything in one file. Arguments: port and file. */
public class Server {
  /** MongoDB 5.0, since drivers reject servers older than 4.4. */
  private record Version(int getWireVersion, Integer... parts) implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return Arrays.asList(parts);
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    H2Backend store = new H2Backend(arguments[1]);
    store.version(new Version(13, 5, 0, 0));
    MongoServer server = new MongoServer(store);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind("127.0.0.1", port);
    Thread.currentThread().join();
  }
}
