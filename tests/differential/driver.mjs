// cql-execution evaluates our libraries: one JSON job a line on stdin, one JSON answer a line on stdout.
//   first line  {"modules": folder of node_modules, "elm": folder, "valueSets": folder}
//   job         {"libraries": [name, ...], "now": ISO text, "resources": [...],
//                "parameters": {name: {type, value}}}
//   answer      {library: {"values": {define: value}, "errors": {define: text}}}
//   a job with "repeat": n answers {"ms": [milliseconds of each of n evaluations]} instead
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]();
const set = JSON.parse((await lines.next()).value);
const require = createRequire(path.join(set.modules, "cql-execution", "package.json"));
const cql = require("cql-execution");
const { PatientSource } = require(path.join(set.modules, "cql-exec-fhir"));

// Repaired, see defects.py: an element of Flatten's argument that is null is a list without elements.
const { Flatten } = require(path.join(set.modules, "cql-execution/lib/elm/list.js"));
Flatten.prototype.exec = async function exec(context) {
  const lists = await this.execArgs(context);
  return Array.isArray(lists) ? lists.flatMap((part) => part ?? []) : lists;
};

// Repaired, see defects.py: a query that has no return clause keeps its duplicates.
const { Query } = require(path.join(set.modules, "cql-execution/lib/elm/query.js"));
const { isDistinct } = Query.prototype;
Query.prototype.isDistinct = function returnsEachOnce() {
  return (this.returnClause ?? this.aggregateClause) != null && isDistinct.call(this);
};

const read = (folder) =>
  fs.readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
    .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));

const elms = read(set.elm).filter((file) => file.library);
const versions = new Map(elms.map(({ library }) => [library.identifier.id, library.identifier.version]));
const repository = new cql.Repository(elms);
const codes = new cql.CodeService({});
for (const file of read(set.valueSets)) {
  const members = (file.expansion?.contains ?? []).map((c) => new cql.Code(c.code, c.system));
  codes.valueSets[file.url] = { "": new cql.ValueSet(file.url, "", members) };
}
const source = PatientSource.FHIRv401();

const parameter = ({ type, value }) =>
  value === null ? null : type === "Date" ? cql.Date.parse(value) : type === "DateTime" ? cql.DateTime.parse(value) : value;

function plain(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof cql.Date || value instanceof cql.DateTime) return value.toString();
  if (value._typeInfo !== undefined) return raw(value._json);
  if (value instanceof cql.Code) return `${value.system}|${value.code}`;
  if (value.constructor.name === "Uncertainty") return `${value.low} to ${value.high}`;
  if (value instanceof cql.Quantity) return `${value.value} '${value.unit ?? 1}'`;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

// A resource is known by its reference, an element by its JSON.
const raw = (json) => (json && typeof json === "object" && json.resourceType ? `${json.resourceType}/${json.id}` : json);

const latest = (name) => repository.resolve(name, versions.get(name));

const parametersOf = (job) =>
  Object.fromEntries(Object.entries(job.parameters).map(([name, given]) => [name, parameter(given)]));

function load(job) {
  source.reset();
  source.loadBundles([{ resourceType: "Bundle", entry: job.resources.map((resource) => ({ resource })) }]);
}

// One context a library, whoever includes it, so that no define is evaluated twice.
function contexts(root, found) {
  found.set(nameOf(root.library), root);
  for (const [alias, library] of Object.entries(root.library.includes ?? {})) {
    const known = found.get(nameOf(library));
    if (known) root.library_context[alias] = known;
    else contexts(root.getLibraryContext(alias), found);
  }
}

const nameOf = (library) => library.source.library.identifier.id;

const isDefine = ([name, define]) =>
  define.context === "Patient" && define.constructor.name !== "FunctionDef" && name !== "Patient";

async function evaluated(context) {
  const values = {};
  const errors = {};
  for (const [name] of Object.entries(context.library.expressions).filter(isDefine)) {
    try {
      const known = context.get(name);
      values[name] = known instanceof cql.Expression ? await known.execute(context) : known;
    } catch (error) {
      errors[name] = String(error?.message ?? error);
    }
  }
  return { values, errors };
}

async function run(job) {
  load(job);
  const now = cql.DateTime.parse(job.now);
  const known = new Map();
  for (const name of job.libraries) {
    if (known.has(name)) continue;
    contexts(new cql.PatientContext(latest(name), source.currentPatient(), codes, parametersOf(job), now), known);
  }
  const answer = {};
  for (const name of job.libraries) answer[name] = await evaluated(known.get(name));
  return answer;
}

async function answered(job) {
  const answer = await run(job);
  for (const found of Object.values(answer)) found.values = plain(found.values);
  return answer;
}

async function timed(job) {
  const ms = [];
  for (let n = 0; n < job.repeat; n += 1) {
    const start = performance.now();
    await run(job);
    ms.push(performance.now() - start);
  }
  return { ms };
}

for await (const line of lines) {
  const job = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await (job.repeat ? timed(job) : answered(job)))}\n`);
}
