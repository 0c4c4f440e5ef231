package example.smartapp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.opencds.cqf.cql.engine.runtime.Code;
import org.opencds.cqf.cql.engine.terminology.CodeSystemInfo;
import org.opencds.cqf.cql.engine.terminology.TerminologyProvider;
import org.opencds.cqf.cql.engine.terminology.ValueSetInfo;

/** Our value sets by their expansions: a code is a member when system and code are. */
final class Terminology implements TerminologyProvider {

  private record Member(String system, String code) {}

  private final Map<String, Set<Member>> members = new HashMap<>();

  void add(JsonNode valueSet) {
    var found = new LinkedHashSet<Member>();
    for (var code : valueSet.path("expansion").path("contains")) {
      found.add(new Member(code.get("system").asText(), code.get("code").asText()));
    }
    members.put(valueSet.get("url").asText(), found);
  }

  boolean in(String system, String code, String valueSet) {
    return of(valueSet).contains(new Member(system, code));
  }

  @Override
  public boolean in(Code code, ValueSetInfo valueSet) {
    return in(code.getSystem(), code.getCode(), valueSet.getId());
  }

  @Override
  public Iterable<Code> expand(ValueSetInfo valueSet) {
    return of(valueSet.getId()).stream().map(Terminology::code).toList();
  }

  @Override
  public Code lookup(Code code, CodeSystemInfo codeSystem) {
    throw new UnsupportedOperationException("our libraries look no code up");
  }

  private Set<Member> of(String valueSet) {
    var found = members.get(valueSet);
    if (found == null) {
      throw new IllegalArgumentException("there is no value set " + valueSet);
    }
    return found;
  }

  private static Code code(Member member) {
    return new Code().withSystem(member.system()).withCode(member.code());
  }
}
