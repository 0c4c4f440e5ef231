package example.smartapp;

import java.util.List;
import java.util.stream.StreamSupport;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.cql.engine.model.ModelResolver;
import org.opencds.cqf.cql.engine.retrieve.RetrieveProvider;
import org.opencds.cqf.cql.engine.runtime.Code;
import org.opencds.cqf.cql.engine.runtime.Interval;

/** The resources of one patient, all of whom belong to that patient. */
record Chart(List<Resource> resources, ModelResolver model, Terminology terminology)
    implements RetrieveProvider {

  @Override
  public Iterable<Object> retrieve(
      String context,
      String contextPath,
      Object contextValue,
      String dataType,
      String templateId,
      String codePath,
      Iterable<Code> codes,
      String valueSet,
      String datePath,
      String dateLowPath,
      String dateHighPath,
      Interval dateRange) {
    if (datePath != null || dateRange != null) {
      throw new UnsupportedOperationException("our libraries retrieve by type and code only");
    }
    return resources.stream()
        .filter(resource -> resource.fhirType().equals(dataType))
        .filter(resource -> codePath == null || isAmong(resource, codePath, codes, valueSet))
        .map(Object.class::cast)
        .toList();
  }

  private boolean isAmong(Resource resource, String path, Iterable<Code> codes, String valueSet) {
    if (!(model.resolvePath(resource, path) instanceof CodeableConcept concept)) {
      return false;
    }
    return concept.getCoding().stream()
        .anyMatch(
            coding ->
                valueSet != null
                    ? terminology.in(coding.getSystem(), coding.getCode(), valueSet)
                    : has(codes, coding.getSystem(), coding.getCode()));
  }

  private static boolean has(Iterable<Code> codes, String system, String code) {
    return StreamSupport.stream(codes.spliterator(), false)
        .anyMatch(each -> each.getCode().equals(code) && each.getSystem().equals(system));
  }
}
