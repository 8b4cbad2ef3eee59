/** A thread that runs a source file: the one that its data names, relative to this folder. */
import { workerData } from "node:worker_threads";
import { importSources } from "./import-sources.js";

await importSources(workerData);
