// Builds the inbox into emulator/http/inbox. With --check nothing is written: it fails unless what is there is the same.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "emulator", "http", "inbox");

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: target,
  write: false,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
});

const files = new Map(outputFiles.map((file) => [relative(target, file.path), Buffer.from(file.contents)]));
for (const name of ["index.html", "still.html", "icon.svg"]) files.set(name, readFileSync(join(here, "src", name)));
files.set("LICENSES.txt", Buffer.from(licenses(metafile.inputs)));

if (process.argv.includes("--check")) {
  const present = existsSync(target) ? readdirSync(target) : [];
  const wrong = [
    ...present.filter((name) => !files.has(name)),
    ...[...files].filter(([name, bytes]) => !present.includes(name) || !bytes.equals(readFileSync(join(target, name))))
      .map(([name]) => name),
  ];
  if (wrong.length) {
    console.error(`emulator/http/inbox is not what its source builds: ${wrong.join(", ")}; run make inbox`);
    process.exit(1);
  }
} else {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(target, name), bytes);
}
for (const [name, bytes] of files) console.log(`${String(bytes.length).padStart(7)} ${name}`);

/** The licence of every package that a file of the bundle came from. */
function licenses(inputs) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
    if (found) folders.add(found[0]);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
    const file = readdirSync(join(here, folder)).find((each) => /^licen[cs]e/i.test(each));
    if (!file) throw new Error(`${name} comes without its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(here, folder, file), "utf8").trim()}\n`;
  });
  return `The inbox is part of ses-emulator. Bundled with it:\n\n${texts.join(`\n${"-".repeat(72)}\n\n`)}`;
}
