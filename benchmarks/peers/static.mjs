// Asks Pagefind questions, outside a browser. Standard input: {pages: [{id, title, content}], queries, depth};
// standard output: for each query [[id, score], …], best first. Run in the folder where pagefind is installed.
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";

const { pages, queries, depth } = JSON.parse(await text(process.stdin));
const home = join(process.cwd(), "node_modules", "pagefind");
const { exports } = JSON.parse(await readFile(join(home, "package.json")));
const entry = exports["."].import;
const builder = await import(pathToFileURL(join(home, entry)));
const folder = await mkdtemp(join(tmpdir(), "kb-pagefind-"));

const { index } = await builder.createIndex({});
for (const page of pages) {
  await index.addCustomRecord({ url: page.id, content: page.content, language: "en", meta: { title: page.title } });
}
await index.writeFiles({ outputPath: folder });
await builder.close();

// Its browser code fetches the index in pieces; here the pieces are files.
globalThis.fetch = async (address) => {
  const path = String(address).split("?")[0];
  return new Response(await readFile(path.startsWith("file:") ? fileURLToPath(path) : path));
};
const script = join(folder, "pagefind.mjs");
await rename(join(folder, "pagefind.js"), script);
const pagefind = await import(pathToFileURL(script));
await pagefind.options({ basePath: `${folder}/`, baseUrl: "/" });
await pagefind.init("en");

const known = new Map();
async function idOf(found) {
  if (!known.has(found.id)) known.set(found.id, (await found.data()).url.replace(/^\//, ""));
  return known.get(found.id);
}

const answers = [];
for (const query of queries) {
  const { results } = await pagefind.search(query);
  answers.push(await Promise.all(results.slice(0, depth).map(async (found) => [await idOf(found), found.score])));
}
process.stdout.write(JSON.stringify(answers));
await rm(folder, { recursive: true });
