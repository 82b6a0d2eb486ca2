import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * The peer: DuckDB reads both recordings and joins them on the key, counting what is on one side alone and what differs
 * in a compared field. Arguments: the folder in which it is installed, control's file, candidate's file. The columns are
 * given, so that it need not guess them; it uses as many threads as it likes.
 */
const [folder, control, candidate] = process.argv.slice(2);
const resolve = createRequire(`${folder}/package.json`).resolve;
const { DuckDBInstance } = await import(pathToFileURL(resolve('@duckdb/node-api')).href);

const HEADERS = `STRUCT("from" VARCHAR, "to" VARCHAR, cc VARCHAR[], priority VARCHAR, flags STRUCT(seen BOOLEAN, starred BOOLEAN))`;
const EMAIL = `STRUCT(id BIGINT, subject VARCHAR, body VARCHAR, headers ${HEADERS})`;
const STEPS = `STRUCT(n BIGINT, "at" VARCHAR)[]`;
const CONTROL = `STRUCT(id BIGINT, "type" VARCHAR, person STRUCT(id BIGINT, full_name VARCHAR, email VARCHAR), email ${EMAIL},
  occurred_at VARCHAR, score DOUBLE, tags VARCHAR[], steps ${STEPS})`;
const CANDIDATE = `STRUCT(resource STRUCT(id BIGINT, actor STRUCT(id BIGINT, "name" VARCHAR, email VARCHAR), email ${EMAIL},
  occurred_at VARCHAR, score DOUBLE, tags VARCHAR[], steps ${STEPS}), "type" VARCHAR)`;

const read = (file, payload) => `read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited',
  columns = {kind: 'VARCHAR', account: 'VARCHAR', payload: '${payload}'})`;

const sql = `
with a as (select account, payload p from ${read(control, CONTROL)} where kind = 'frame'),
     b as (select account, payload.resource p, payload."type" t from ${read(candidate, CANDIDATE)} where kind = 'frame')
select count(*) filter (where b.p is null) missing,
       count(*) filter (where a.p is null) extra,
       count(*) filter (where a.p is not null and b.p is not null and (
         a.p.person.id is distinct from b.p.actor.id
         or a.p.person.full_name is distinct from b.p.actor."name"
         or a.p.person.email is distinct from b.p.actor.email
         or a.p.email is distinct from b.p.email
         or a.p.occurred_at::TIMESTAMPTZ is distinct from b.p.occurred_at::TIMESTAMPTZ
         or a.p.score is distinct from b.p.score
         or a.p.tags is distinct from b.p.tags
         or a.p.steps is distinct from b.p.steps)) mismatch
from a full outer join b on a.account = b.account and a.p."type" = b.t and a.p.id = b.p.id`;

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const [row] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
const counts = Object.fromEntries(Object.entries(row).map(([name, count]) => [name, Number(count)]));
process.stdout.write(`${JSON.stringify(counts)}\n`);
