package example.smartapp;

import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** A HAPI FHIR R4 JPA server on this machine: {@code Server PORT} (0 takes a free one); it prints its address. */
public final class Server {

  private static final String HOST = "127.0.0.1";
  private static final String PATH = "/fhir";

  private Server() {}

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.WARNING); // Tomcat tells of each step
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    var beans = new AnnotationConfigApplicationContext(Beans.class);
    var tomcat = container(port, beans.getBean(RestfulServer.class));
    tomcat.start();
    int taken = tomcat.getConnector().getLocalPort();
    double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    System.out.printf(Locale.ROOT, "ready http://%s:%d%s in %.1f s%n", HOST, taken, PATH, seconds);
    System.out.flush();
    awaitParent();
    System.exit(0);
  }

  /** However its starter ends, the server does not outlive it. */
  private static void awaitParent() {
    ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().join());
  }

  private static Tomcat container(int port, RestfulServer fhir) throws IOException {
    File folder = Files.createTempDirectory("hapi").toFile();
    folder.deleteOnExit();
    var tomcat = new Tomcat();
    tomcat.setBaseDir(folder.getPath());
    tomcat.setConnector(connector(port));
    Context context = tomcat.addContext("", folder.getPath());
    Tomcat.addServlet(context, "fhir", fhir).setLoadOnStartup(1);
    context.addServletMappingDecoded(PATH + "/*", "fhir");
    return tomcat;
  }

  private static Connector connector(int port) {
    var connector = new Connector();
    connector.setPort(port);
    connector.setProperty("address", HOST);
    // clients write "code=http://loinc.org|1234" as it stands; Tomcat by itself refuses the bar
    connector.setProperty("relaxedQueryChars", "<>[\\]^`{|}");
    return connector;
  }
}
