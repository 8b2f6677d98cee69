import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.HITO_URL ?? "http://127.0.0.1:5000";

export default defineConfig({
  base: "./", // the server says in <base> where the page lives, so one build serves any prefix
  plugins: [react(), compressed()],
  build: {
    outDir: "../src/hito/server/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's Content-Security-Policy admits no inline content
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/ajax-api", "/hito", "/get-artifact", "/version"].map((path) => [path, server]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/kit/testing.ts"],
    restoreMocks: true,
  },
});

/** Writes every text file of the build once more as .br and .gz, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const jobs = Object.values(bundle).map(async (file) => {
        if (!/\.(js|css|svg|json)$/.test(file.fileName)) return;
        const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (bytes.length < 1024) return;
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        const brotli = await promisify(brotliCompress)(bytes, quality);
        const gz = await promisify(gzip)(bytes, { level: 9 });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotli });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gz });
      });
      await Promise.all(jobs);
    },
  };
}
