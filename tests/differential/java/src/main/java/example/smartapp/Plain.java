package example.smartapp;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.cql.engine.runtime.Code;
import org.opencds.cqf.cql.engine.runtime.Quantity;
import org.opencds.cqf.cql.engine.runtime.Tuple;

/** Values as driver.mjs writes them: a resource is known by its reference, an element by its JSON. */
final class Plain {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Plain() {}

  static JsonNode of(Object value) {
    if (value instanceof Iterable<?> items) {
      var list = NODES.arrayNode();
      items.forEach(item -> list.add(of(item)));
      return list;
    }
    if (value instanceof Tuple tuple) {
      var parts = NODES.objectNode();
      tuple.getElements().forEach((name, part) -> parts.set(name, of(part)));
      return parts;
    }
    if (value instanceof Base element) {
      return ofFhir(element);
    }
    if (value instanceof Code code) {
      return NODES.textNode(code.getSystem() + "|" + code.getCode());
    }
    if (value instanceof Quantity quantity) {
      return NODES.textNode(quantity.getValue() + " '" + quantity.getUnit() + "'");
    }
    return ofSystem(value);
  }

  private static JsonNode ofSystem(Object value) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof BigDecimal) {
      return JSON.valueToTree(value);
    }
    return NODES.textNode(value.toString());
  }

  private static JsonNode ofFhir(Base element) {
    if (element instanceof Resource resource) {
      return NODES.textNode(resource.fhirType() + "/" + resource.getIdElement().getIdPart());
    }
    if (element instanceof PrimitiveType<?> primitive) {
      var own = primitive.getValue();
      return own instanceof Boolean || own instanceof Number
          ? JSON.valueToTree(own)
          : NODES.textNode(primitive.getValueAsString());
    }
    try {
      return JSON.readTree(FhirContext.forR4Cached().newJsonParser().encodeToString(element));
    } catch (JsonProcessingException error) {
      throw new IllegalStateException("HAPI wrote no JSON", error);
    }
  }
}
