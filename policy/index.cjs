// Pulumi requires the pack's folder, and the rest of the project is ES modules in TypeScript.
const { createJiti } = require("jiti");

module.exports = () => createJiti(__filename, { interopDefault: false }).import("./pack.ts");
