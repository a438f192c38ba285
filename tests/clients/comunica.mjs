// Runs one query over the sources given and prints its rows as JSON: `node comunica.mjs QUERY SOURCE…`.
// A source is an address alone: what stands there, Comunica finds out by itself.
import { QueryEngine } from "@comunica/query-sparql";

const [query, ...sources] = process.argv.slice(2);
const bindings = await new QueryEngine().queryBindings(query, { sources });
const rows = await bindings.toArray();
console.log(JSON.stringify(rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])))));
