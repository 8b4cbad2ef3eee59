// Pulumi requires the pack's folder, and the rest of the project is ES modules in TypeScript.
const { join } = require("node:path");
const { createJiti } = require("jiti");

const fsCache = join(__dirname, "..", "node_modules", ".cache", "jiti");

module.exports = () => createJiti(__filename, { fsCache, interopDefault: false }).import("./pack.ts");
