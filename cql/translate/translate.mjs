// Translates every .cql file of a folder to ELM JSON: node translate.mjs [--source DIR] [--out DIR] [--check]
// Prints problems as file:line:column; ends with 1 when there is an error or, with --check, a difference.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { translatorFor } from "./translator.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values: given } = parseArgs({
  options: { source: { type: "string" }, out: { type: "string" }, check: { type: "boolean", default: false } },
});
const source = given.source ?? join(here, "..");
const out = given.out ?? join(source, "elm");

const names = readdirSync(source).filter((file) => file.endsWith(".cql")).map((file) => file.slice(0, -4)).sort();
const good = names.map(translateOne).every(Boolean);
process.exitCode = good && noStrangers() ? 0 : 1;

function translateOne(name) {
  const file = join(source, `${name}.cql`);
  const { elm, problems } = translatorFor(source)(readFileSync(file, "utf8"));
  problems.forEach((problem) => report(file, problem));
  if (problems.some((problem) => problem.severity === "Error")) return false;
  return given.check ? same(name, elm) : write(name, elm);
}

function report(file, { severity, text, library, line, column }) {
  const shown = library ? join(dirname(file), `${library}.cql`) : file;
  console.error(`${relative("", shown)}:${line ?? "?"}:${column ?? "?"}: ${severity.toLowerCase()}: ${text}`);
}

function write(name, elm) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), `${elm}\n`);
  return true;
}

function same(name, elm) {
  const file = join(out, `${name}.json`);
  if (existsSync(file) && readFileSync(file, "utf8") === `${elm}\n`) return true;
  console.error(`${relative("", file)}: differs from what ${name}.cql translates to; run "make elm"`);
  return false;
}

// An ELM file without its CQL is left over from a library that is gone.
function noStrangers() {
  if (!given.check || !existsSync(out)) return true;
  const strangers = readdirSync(out).filter((file) => file.endsWith(".json") && !names.includes(file.slice(0, -5)));
  strangers.forEach((file) => console.error(`${relative("", join(out, file))}: has no CQL beside it`));
  return strangers.length === 0;
}
