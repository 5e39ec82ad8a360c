// Writes plotly.js: of Plotly's own, what matchatlas/charts draws with (scatter is in the core).
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const TRACES = ["bar", "heatmap", "sankey", "waterfall"];
const { version } = JSON.parse(readFileSync("node_modules/plotly.js/package.json"));

await build({
  stdin: {
    contents: `const Plotly = require("plotly.js/lib/core");
      Plotly.register([${TRACES.map((trace) => `require("plotly.js/lib/${trace}")`)}]);
      module.exports = Plotly;`,
    resolveDir: ".",
  },
  outfile: "plotly.js",
  format: "iife",
  globalName: "Plotly",
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2020",
  define: { global: "window", "process.env.NODE_DEBUG": "false" },
  alias: { stream: "stream-browserify" },
  loader: { ".css": "empty" }, // of maps, which are not in it
  banner: {
    js: `/* plotly.js v${version} with scatter, ${TRACES.join(", ")}. Copyright Plotly, Inc. MIT license. */`,
  },
});
