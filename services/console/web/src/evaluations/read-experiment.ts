import { api, read } from "../api/client.ts";

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the client reads tuples as arrays, so its type is not ExperimentDetail
export const readExperiment = (id: string, signal: AbortSignal) =>
  read(api.GET("/experiments/{id}", { params: { path: { id } }, signal }));

/** An experiment with the figures of its candidates. */
export type Experiment = Awaited<ReturnType<typeof readExperiment>>;
