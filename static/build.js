/**
 * Builds static/build/: one style sheet, the program and its parts that are loaded only where they stand, the early
 * theme script, the sprite of the icons that templates and Python name, and the font.
 */
import { build, context } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const OUT = "static/build";
const ICON_NAMES = [
  /\{%\s*icon\s+"([a-z0-9-]+)"/g, // {% icon "house" %}
  /\bicon\s*=\s*"([a-z0-9-]+)"/g, // icon="house" in Python and in include ... with
  /"icon":\s*"([a-z0-9-]+)"/g,
  /\bicon\("([a-z0-9-]+)"\)/g, // icon("arrow-up") in Python
  /icons\.svg#([a-z0-9-]+)/g,
];
const ICON_SOURCES = ["templates", "static/js", "crm", "contacts", "sales", "analytics"];

/** @type {import("esbuild").BuildOptions} */
const OPTIONS = {
  entryPoints: {
    app: "static/js/app.js",
    automation: "static/css/automation.css",
    booking: "static/js/booking.js",
    bookings: "static/css/bookings.css",
    calendar: "static/css/calendar.css",
    email: "static/css/email.css",
    layout_editor: "static/css/layout_editor.css",
    own_zone: "static/js/own_zone.js",
    quote: "static/js/quote.js",
    quotes: "static/css/quotes.css",
    sequences: "static/css/sequences.css",
    theme: "static/js/theme.js",
    sales_report: "static/css/sales_report.css",
    stages: "static/css/stages.css",
    style: "static/css/style.css",
  },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  target: ["chrome123", "firefox121", "safari17.5"],
  external: ["*.woff2"],
  legalComments: "none",
  logLevel: "warning",
};

/** Every file below a folder whose name may carry icon names. */
async function sources(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && [".html", ".py", ".js"].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function iconNames() {
  const names = new Set();
  for (const file of (await Promise.all(ICON_SOURCES.map(sources))).flat()) {
    const text = await readFile(file, "utf8");
    for (const pattern of ICON_NAMES) for (const match of text.matchAll(pattern)) names.add(match[1]);
  }
  return [...names].sort();
}

/** One <symbol> per icon; the stroke comes from the page, so icons follow the text colour. */
async function writeSprite() {
  const symbols = [];
  for (const name of await iconNames()) {
    const file = `node_modules/lucide-static/icons/${name}.svg`;
    const svg = await readFile(file, "utf8").catch(() => {
      throw new Error(`There is no Lucide icon called "${name}"; see https://lucide.dev/icons`);
    });
    const body = svg.replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`);
  }
  const sprite =
    '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" ' +
    `stroke-linecap="round" stroke-linejoin="round">${symbols.join("")}</svg>`;
  await writeFile(join(OUT, "icons.svg"), sprite);
}

/** Brotli beside each text file; the server hands it to browsers that take it. */
async function compress() {
  for (const name of await readdir(OUT)) {
    if (![".js", ".css", ".svg"].includes(extname(name))) continue;
    const body = brotliCompressSync(await readFile(join(OUT, name)));
    await writeFile(join(OUT, `${name}.br`), body);
  }
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await writeSprite();
await copyFile(
  "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  join(OUT, "inter-latin-5.woff2"),
);
await copyFile("static/img/favicon.svg", join(OUT, "favicon.svg"));
await copyFile("static/img/document.svg", join(OUT, "document.svg"));
if (process.argv.includes("--watch")) await (await context(OPTIONS)).watch();
else {
  await build(OPTIONS);
  await compress();
}
