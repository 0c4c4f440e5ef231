// cql-execution evaluates our libraries: one JSON job a line on stdin, one JSON answer a line on stdout.
//   first line  {"modules": folder of node_modules, "elm": folder, "valueSets": folder}
//   job         {"libraries": [name], "now": ISO text, "parameters": {name: {type, value}}, "resources": [...]}
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
  if (value instanceof cql.Code || value instanceof cql.Concept || value instanceof cql.Quantity || value instanceof cql.Interval)
    return value.toString();
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

// A resource is known by its reference, an element by its JSON.
const raw = (json) => (json && typeof json === "object" && json.resourceType ? `${json.resourceType}/${json.id}` : json);

function contextOf(job, library) {
  source.reset();
  source.loadBundles([{ resourceType: "Bundle", entry: job.resources.map((resource) => ({ resource })) }]);
  const parameters = Object.fromEntries(Object.entries(job.parameters).map(([name, given]) => [name, parameter(given)]));
  return new cql.PatientContext(library, source.currentPatient(), codes, parameters, cql.DateTime.parse(job.now));
}

const isDefine = ([name, define]) =>
  define.context === "Patient" && define.constructor.name !== "FunctionDef" && name !== "Patient";

async function evaluated(job, library) {
  const context = contextOf(job, library);
  const values = {};
  const errors = {};
  for (const [name, define] of Object.entries(library.expressions).filter(isDefine)) {
    try {
      values[name] = plain(await define.execute(context));
    } catch (error) {
      errors[name] = String(error?.message ?? error);
    }
  }
  return { values, errors };
}

const latest = (name) => repository.resolve(name, versions.get(name));

async function answered(job) {
  const answer = {};
  for (const name of job.libraries) answer[name] = await evaluated(job, latest(name));
  return answer;
}

async function timed(job) {
  const ms = [];
  for (let n = 0; n < job.repeat; n += 1) {
    const start = performance.now();
    await answered(job);
    ms.push(performance.now() - start);
  }
  return { ms };
}

for await (const line of lines) {
  const job = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await (job.repeat ? timed(job) : answered(job)))}\n`);
}
