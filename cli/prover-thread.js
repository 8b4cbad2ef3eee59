import { importModule } from "./sources.js";

// A thread does not inherit the loader that compiles sources.
await importModule("prover");
