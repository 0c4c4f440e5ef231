package example.smartapp;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.lang3.tuple.Pair;
import org.cqframework.cql.cql2elm.CqlCompilerOptions;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;
import org.cqframework.cql.cql2elm.model.CompiledLibrary;
import org.cqframework.cql.elm.serializing.jackson.ElmJsonLibraryReader;
import org.hl7.elm.r1.ExpressionDef;
import org.hl7.elm.r1.FunctionDef;
import org.hl7.elm.r1.Library;
import org.hl7.elm.r1.VersionedIdentifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.cql.engine.data.CompositeDataProvider;
import org.opencds.cqf.cql.engine.execution.CqlEngine;
import org.opencds.cqf.cql.engine.execution.Environment;
import org.opencds.cqf.cql.engine.execution.EvaluationResult;
import org.opencds.cqf.cql.engine.fhir.model.R4FhirModelResolver;
import org.opencds.cqf.cql.engine.runtime.Date;
import org.opencds.cqf.cql.engine.runtime.DateTime;

/**
 * The Java engine over our ELM: the protocol of driver.mjs, a JSON job a line and a JSON answer a line.
 *
 * <p>The first line is {@code {"elm": folder, "valueSets": folder}}.
 */
public final class Engine {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FhirContext FHIR = FhirContext.forR4Cached();
  private static final String FHIR_MODEL = "http://hl7.org/fhir";

  private final R4FhirModelResolver model = new R4FhirModelResolver();
  private final Terminology terminology = new Terminology();
  private final Map<String, Library> libraries = new HashMap<>();
  private final LibraryManager manager;
  private final IParser parser =
      FHIR.newJsonParser().setParserErrorHandler(new LenientErrorHandler(false).setErrorOnInvalidValue(false));

  public static void main(String[] arguments) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var folders = JSON.readTree(lines.readLine());
    var engine = new Engine(Path.of(folders.get("elm").asText()), Path.of(folders.get("valueSets").asText()));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(JSON.writeValueAsString(engine.answer(JSON.readTree(line))));
      System.out.flush();
    }
  }

  private Engine(Path elm, Path valueSets) throws IOException {
    var compiled = new HashMap<VersionedIdentifier, CompiledLibrary>();
    for (var file : filesOf(elm)) {
      var library = new ElmJsonLibraryReader().read(file.toFile());
      library.getStatements().getDef().sort(Comparator.comparing(ExpressionDef::getName)); // it searches by halving
      var known = new CompiledLibrary();
      known.setIdentifier(library.getIdentifier());
      known.setLibrary(library);
      compiled.put(library.getIdentifier(), known);
      libraries.put(library.getIdentifier().getId(), library);
    }
    for (var file : filesOf(valueSets)) {
      terminology.add(JSON.readTree(file.toFile()));
    }
    manager = new LibraryManager(new ModelManager(), CqlCompilerOptions.defaultOptions(), compiled);
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private ObjectNode answer(JsonNode job) {
    var resources = resourcesOf(job);
    var asked = new ArrayList<VersionedIdentifier>();
    job.get("libraries").forEach(name -> asked.add(libraries.get(name.asText()).getIdentifier()));
    var found =
        engine(resources).evaluate(asked, null, patient(resources), parameters(job), null, now(job));
    var answer = JSON.createObjectNode();
    for (var library : asked) {
      var values = answer.putObject(library.getId()).putObject("values");
      var errors = answer.withObject(library.getId()).putObject("errors");
      if (found.containsResultsFor(library)) {
        put(found.getResultFor(library), values);
      } else {
        oneByOne(library, resources, job, values, errors);
      }
    }
    return answer;
  }

  /** The resources, less those of types that FHIR R4 does not know: no library can ask for them. */
  private List<Resource> resourcesOf(JsonNode job) {
    var found = new ArrayList<Resource>();
    for (var resource : job.get("resources")) {
      if (FHIR.getResourceTypes().contains(resource.get("resourceType").asText())) {
        found.add((Resource) parser.parseResource(resource.toString()));
      }
    }
    return found;
  }

  /** The engine gives up a library at the first define that fails; here it leaves the others standing. */
  private void oneByOne(
      VersionedIdentifier library, List<Resource> resources, JsonNode job, ObjectNode values, ObjectNode errors) {
    for (var name : defines(libraries.get(library.getId()))) {
      try {
        var engine = engine(resources);
        put(
            engine.evaluate(library, Set.of(name), patient(resources), parameters(job), null, now(job)), values);
      } catch (RuntimeException error) {
        errors.put(name, String.valueOf(error.getMessage()));
      }
    }
  }

  private CqlEngine engine(List<Resource> resources) {
    var chart = new CompositeDataProvider(model, new Chart(resources, model, terminology));
    var environment = new Environment(manager, Map.of(FHIR_MODEL, chart), terminology);
    return new CqlEngine(environment, Set.of(CqlEngine.Options.EnableExpressionCaching));
  }

  private static ZonedDateTime now(JsonNode job) {
    return ZonedDateTime.parse(job.get("now").asText());
  }

  private static void put(EvaluationResult found, ObjectNode values) {
    found.expressionResults.forEach((name, result) -> values.set(name, Plain.of(result.value())));
  }

  private static Set<String> defines(Library library) {
    return library.getStatements().getDef().stream()
        .filter(define -> !(define instanceof FunctionDef) && !define.getName().equals(define.getContext()))
        .map(ExpressionDef::getName)
        .collect(Collectors.toSet());
  }

  private static Pair<String, Object> patient(List<Resource> resources) {
    var id = resources.stream()
        .filter(Patient.class::isInstance)
        .map(resource -> resource.getIdElement().getIdPart())
        .findFirst()
        .orElseThrow();
    return Pair.of("Patient", id);
  }

  private static Map<String, Object> parameters(JsonNode job) {
    var found = new LinkedHashMap<String, Object>();
    job.get("parameters").properties().forEach(given -> found.put(given.getKey(), parameter(given.getValue())));
    return found;
  }

  private static Object parameter(JsonNode given) {
    var value = given.get("value");
    if (value.isNull()) {
      return null;
    }
    return switch (given.get("type").asText()) {
      case "Date" -> new Date(value.asText());
      case "DateTime" -> new DateTime(value.asText(), null);
      default -> JSON.convertValue(value, Object.class);
    };
  }
}
