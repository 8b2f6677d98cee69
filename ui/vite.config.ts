import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin, Rolldown } from "vite";
import { defineConfig } from "vitest/config";

type Bundle = Rolldown.OutputBundle;
type OutputChunk = Rolldown.OutputChunk;

const server = process.env.HITO_URL ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./", // the server says in <base> where the page lives, so one build serves any prefix
  plugins: [react(), layered(), foretold(), compressed(), budget()],
  resolve: {
    alias: { "react-remove-scroll": join(import.meta.dirname, "src/kit/noScrollLock.tsx") },
  },
  build: {
    rolldownOptions: {
      output: {
        // What every screen needs is one file: it compresses better than sixty, and is asked for once.
        codeSplitting: {
          groups: [
            // Signs and parts of the kit are a few hundred bytes each: as files of their own they are asked for one by one.
            {
              name: "kit",
              test: /node_modules\/(lucide-react|radix-ui|@radix-ui|@floating-ui)\/|src\/kit\//,
              priority: -1,
            },
            {
              name: "frame",
              test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|@tanstack\/(history|query-core|react-query|router-core|react-router|store|react-store))\/|src\/(api\/(call|live|types\.gen)|kit\/(format|useKeys|Button|IconButton|Tooltip|Menu|Dialog))\.tsx?$|src\/words\/en/,
            },
          ],
        },
      },
    },
    outDir: "../src/hito/server/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's Content-Security-Policy admits no inline content
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/get-artifact", "/model-versions", "/version", "/health"].map((path) => [
        path,
        server,
      ]),
    ),
  },
  test: {
    setupFiles: ["src/kit/testing.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 30_000, // a busy machine is slow, not wrong
    pool: "threads",
    maxWorkers: 2, // by itself Vitest leaves one of two cores idle
    isolate: false, // modules are loaded once for each thread: half of the time was loading them anew for each file
    projects: [
      { extends: true, test: { name: "modules", include: ["src/**/*.test.ts"], environment: "node" } },
      {
        extends: true,
        test: { name: "components", include: ["src/**/*.test.tsx"], environment: "happy-dom" },
      },
    ],
  },
});

/**
 * Puts the order of the cascade before every file of styles: whichever of them a build loads first decides it, and that is
 * seldom styles/layers.css.
 */
function layered(): Plugin {
  const order = /@layer [^{;]+;/.exec(readFileSync("src/styles/layers.css", "utf8"))?.[0] ?? "";
  return {
    name: "layered",
    enforce: "pre",
    transform: (code, id) =>
      /\/src\/.*\.css$/.test(id) ? { code: `${order}\n${code}`, map: null } : undefined,
  };
}

/** What an address begins with, and the screen that it opens. */
const SCREENS: Record<string, string> = {
  "": "experiments/HomeScreen.tsx",
  experiments: "runs/RunsScreen.tsx",
  folders: "runs/FolderScreen.tsx",
  runs: "run/RunScreen.tsx",
  compare: "compare/CompareScreen.tsx",
};

/**
 * Writes screens.json: the files of each screen beyond the entry's own. The server names them in the page, so that a browser
 * fetches them beside the entry and not only when that has run.
 */
function foretold(): Plugin {
  return {
    name: "foretold",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry);
      if (!entry) return this.error("the build has no entry");
      const known = filesOf(bundle, entry.fileName);
      const screens: Record<string, string[]> = {};
      for (const [begin, screen] of Object.entries(SCREENS)) {
        const chunk = chunkOf(bundle, screen);
        if (!chunk) return this.error(`no chunk begins with ${screen}: name the screens anew`);
        screens[begin] = [...filesOf(bundle, chunk.fileName)].filter((name) => !known.has(name));
      }
      this.emitFile({ type: "asset", fileName: "screens.json", source: JSON.stringify(screens) });
    },
  };
}

function chunkOf(bundle: Bundle, source: string): OutputChunk | undefined {
  return Object.values(bundle).find(
    (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(source),
  ) as OutputChunk | undefined;
}

/** A chunk, and all that it imports at once. */
function filesOf(bundle: Bundle, begin: string, found = new Set<string>()): Set<string> {
  const file = bundle[begin];
  if (!file || found.has(begin)) return found;
  found.add(begin);
  if (file.type === "chunk") {
    for (const name of file.imports) filesOf(bundle, name, found);
    for (const name of file.viteMetadata?.importedCss ?? []) found.add(name);
  }
  return found;
}

/**
 * Writes every text file of the build once more as .br and .gz, so that the server compresses nothing. Only what has been
 * written is final: until then Vite still fills in which files a chunk preloads.
 */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    enforce: "post",
    async writeBundle({ dir = "" }, bundle) {
      const jobs = Object.keys(bundle).map(async (name) => {
        if (!/\.(js|css|svg|json)$/.test(name)) return;
        const path = join(dir, name);
        const bytes = await readFile(path);
        if (bytes.length < 1024) return;
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, quality));
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      });
      await Promise.all(jobs);
    },
  };
}

const FIRST_SCREENS = ["experiments/HomeScreen.tsx", "runs/RunsScreen.tsx"];
const MOST = 250_000; // bytes, by gzip: what a first visit may have to wait for

/** Fails a build whose first screen is heavier than it may be: the entry, a screen, and all that both import at once. */
function budget(): Plugin {
  return {
    name: "budget",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const entry = Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry);
      for (const screen of FIRST_SCREENS) {
        const chunk = chunkOf(bundle, screen);
        if (!entry || !chunk)
          return this.error(`no chunk begins with ${screen}: name the first screens anew`);
        const files = filesOf(bundle, chunk.fileName, filesOf(bundle, entry.fileName));
        const size = [...files].reduce((sum, name) => {
          const file = bundle[name];
          return (
            sum + gzipSync(file?.type === "chunk" ? file.code : (file?.source ?? ""), { level: 9 }).length
          );
        }, 0);
        const words = `${screen}: ${(size / 1000).toFixed(1)} KB of JavaScript and CSS by gzip, ${files.size} files`;
        if (size > MOST) this.error(`${words}; at most ${MOST / 1000} KB`);
        console.log(words);
      }
    },
  };
}
