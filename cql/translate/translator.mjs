// The official CQL-to-ELM translator, set up with the System and FHIR models, UCUM and a folder of libraries.
import { readFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
globalThis.require ??= require; // kotlinx-io looks for it (kotlinx-io#345)

const {
  CqlTranslator, CqlCompilerOptions, LibraryBuilder, LibraryManager, ModelManager,
  createModelInfoProvider, createLibrarySourceProvider, createUcumService, stringAsSource,
} = await import("@cqframework/cql/cql-to-elm");
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");
const ucum = require("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance();

// EnableAnnotations, EnableLocators, DisableListDemotion and DisableListPromotion are the translator's defaults.
const options = CqlCompilerOptions.defaultOptions();
options.signatureLevel = LibraryBuilder.SignatureLevel.valueOf("Overloads");

const modelFile = require.resolve("cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml");

const shared = join(dirname(fileURLToPath(import.meta.url)), "..");

function unused() {
  throw new Error("translating needs no unit arithmetic");
}

function unitProblem(unit) {
  const answer = ucum.validateUnitString(unit);
  return answer.status === "valid" ? null : answer.msg[0] ?? `unknown unit ${unit}`;
}

// What the folder does not hold is looked for in cql/, so that a policy elsewhere can include what oncology shares.
function readLibrary(folder, name) {
  const files = [folder, shared].map((place) => join(place, `${name}.cql`));
  const file = files.find((found) => existsSync(found));
  return file ? stringAsSource(readFileSync(file, "utf8")) : null;
}

/** A function (CQL text) -> {elm, problems}; libraries that the text includes are looked for in `folder`. */
export function translatorFor(folder) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === "FHIR" ? stringAsSource(readFileSync(modelFile, "utf8")) : null)));
  const libraries = new LibraryManager(models, options, null, createUcumService(unused, unitProblem, unused, unused));
  libraries.librarySourceLoader.registerProvider(createLibrarySourceProvider((id) => readLibrary(folder, id)));
  return (text) => {
    const translator = CqlTranslator.fromText(text, libraries);
    const elm = translator.toJson();
    return { elm, problems: problems(translator.exceptions.asJsReadonlyArrayView(), JSON.parse(elm).library) };
  };
}

// The exceptions carry no place in this build; the ELM's annotations carry the place of the same messages.
function problems(exceptions, library) {
  const places = new Map((library?.annotation ?? [])
    .filter((note) => note.type === "CqlToElmError")
    .map((note) => [note.message, note]));
  return exceptions.map((exception) => {
    const place = places.get(exception.message);
    return {
      severity: exception.severity?.name ?? "Error",
      text: exception.message ?? String(exception),
      library: place?.libraryId ?? null,
      line: place?.startLine ?? null,
      column: place?.startChar ?? null,
    };
  });
}
