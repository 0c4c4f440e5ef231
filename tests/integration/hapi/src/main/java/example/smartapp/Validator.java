package example.smartapp;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ValidationOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/**
 * HAPI's validator over lines of standard input.
 *
 * <p>A line is {@code {"known": resource}}, which others may refer to from then on, or {@code {"resource": resource,
 * "profile": url}}, which an OperationOutcome answers in a line of standard output.
 */
public final class Validator {

  private static final FhirContext FHIR = FhirContext.forR4Cached();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Known known = new Known();
  private FhirValidator validator;

  public static void main(String[] arguments) throws IOException {
    var validator = new Validator();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      validator.take(JSON.readTree(line));
    }
  }

  private void take(JsonNode asked) throws IOException {
    if (asked.has("known")) {
      known.add(FHIR.newJsonParser().parseResource(asked.get("known").toString()));
      return;
    }
    var options = new ValidationOptions();
    if (asked.hasNonNull("profile")) {
      options.addProfile(asked.get("profile").asText());
    }
    if (validator == null) {
      validator = made();
    }
    var found = validator.validateWithResult(asked.get("resource").toString(), options);
    System.out.println(FHIR.newJsonParser().encodeResourceToString(found.toOperationOutcome()));
    System.out.flush();
  }

  private FhirValidator made() {
    var unknown = new UnknownCodeSystemWarningValidationSupport(FHIR);
    unknown.setNonExistentCodeSystemSeverity(IssueSeverity.WARNING); // RxNorm, SNOMED CT, ICD-10-CM are not here
    var chain =
        new ValidationSupportChain(
            known,
            new DefaultProfileValidationSupport(FHIR),
            new CommonCodeSystemsTerminologyService(FHIR),
            new InMemoryTerminologyServerValidationSupport(FHIR),
            new SnapshotGeneratingValidationSupport(FHIR),
            unknown);
    var module = new FhirInstanceValidator(chain);
    module.setAnyExtensionsAllowed(true);
    module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    return FHIR.newValidator().registerValidatorModule(module);
  }

  /** What was given; HAPI keeps no Questionnaires by itself. */
  private static final class Known extends PrePopulatedValidationSupport {

    private static final String FHIR_ITSELF = "http://hl7.org/fhir/StructureDefinition/";

    private final DefaultProfileValidationSupport defined = new DefaultProfileValidationSupport(FHIR);
    private final Map<String, Questionnaire> forms = new HashMap<>();

    Known() {
      super(FHIR);
    }

    void add(IBaseResource resource) {
      if (resource instanceof Questionnaire form) {
        forms.put(form.getUrl(), form);
        forms.put(form.getUrl() + "|" + form.getVersion(), form);
      } else {
        addResource(resource);
      }
    }

    @Override
    public <T extends IBaseResource> T fetchResource(Class<T> kind, String url) {
      return kind == Questionnaire.class ? kind.cast(forms.get(url)) : super.fetchResource(kind, url);
    }

    /** HAPI knows what FHIR itself defines without a version only, and guides name it with one. */
    @Override
    public IBaseResource fetchStructureDefinition(String url) {
      return url.startsWith(FHIR_ITSELF) && url.endsWith("|4.0.1")
          ? defined.fetchStructureDefinition(url.substring(0, url.indexOf('|')))
          : super.fetchStructureDefinition(url);
    }
  }
}
