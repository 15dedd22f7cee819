import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;

/** A server of MongoDB's protocol on loopback that stores everything in one file. Arguments: port and file. */
public class Server {
  /** Drivers need a version of 4.4 or later. */
  private static final MongoVersion VERSION =
      new MongoVersion() {
        @Override
        public int getWireVersion() {
          return 13;
        }

        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }
      };

  public static void main(String[] arguments) throws InterruptedException {
    H2Backend backend = new H2Backend(arguments[1]);
    backend.version(VERSION);
    MongoServer server = new MongoServer(backend);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Thread.currentThread().join();
  }
}
