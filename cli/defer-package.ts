import { createRequire, Module } from "node:module";

/**
 * Makes `require` return a package without loading it. It is loaded when one of its exports is first used.
 * @param name - a CommonJS package; one whose exports are called without `new` cannot be deferred
 * @param importer - the package that requires it, and from whose folder it is resolved
 */
export function deferPackage(name: string, importer: string): void {
  const require = createRequire(createRequire(import.meta.url).resolve(importer));
  const file = require.resolve(name);
  if (require.cache[file]) return;
  const load = (): object => {
    if (require.cache[file] === deferred) Reflect.deleteProperty(require.cache, file);
    return require(name) as object;
  };
  const deferred = new Module(file);
  deferred.loaded = true;
  // A function, since only a proxy of one can be constructed.
  deferred.exports = new Proxy(function () {}, {
    // Importers ask at once for this mark of a compiled ES module.
    get: (_, property) => (property === "__esModule" ? undefined : (Reflect.get(load(), property) as unknown)),
    has: (_, property) => Reflect.has(load(), property),
    construct: (_, values) => Reflect.construct(load() as new () => object, values) as object,
  });
  require.cache[file] = deferred;
}
