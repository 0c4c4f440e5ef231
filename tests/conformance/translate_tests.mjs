// Translates the expressions of HL7's tests: node translate_tests.mjs tests.json elm.json
// tests.json: {name: {Actual: "CQL", Expected: "CQL" or null}}; elm.json: {name: {side: {elm} or {problem}}}
import { readFileSync, renameSync, writeFileSync } from "node:fs";

import { translatorFor } from "../../cql/translate/translator.mjs";

const [, , questions, answers] = process.argv;
const translate = translatorFor("/nowhere");
const result = {};
for (const [name, sides] of Object.entries(JSON.parse(readFileSync(questions, "utf8")))) {
  result[name] = Object.fromEntries(
    Object.entries(sides).filter(([, text]) => text !== null).map(([side, text]) => [side, translateOne(side, text)]));
}
writeFileSync(`${answers}.part`, JSON.stringify(result));
renameSync(`${answers}.part`, answers);

function translateOne(side, text) {
  try {
    const { elm, problems } = translate(`library ${side}\n\ndefine "Value":\n${text}\n`);
    const errors = problems.filter((problem) => problem.severity === "Error");
    return errors.length ? { problem: errors.map((error) => error.text).join("; ") } : { elm: trimmed(JSON.parse(elm)) };
  } catch (error) {
    return { problem: String(error) };
  }
}

// What the engine does not read is left out, so that the file stays small.
function trimmed(value) {
  if (Array.isArray(value)) return value.map(trimmed);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key]) => !["annotation", "localId", "locator"].includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, trimmed(inner)]));
}
