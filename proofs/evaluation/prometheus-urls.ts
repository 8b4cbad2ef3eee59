import type { Plan } from "../../plan/model/plan.ts";

/** Where queries are answered. */
export const prometheusUrls = ({ addons }: Plan): string[] =>
  addons.flatMap(({ answers }) =>
    answers.filter(({ capability }) => capability === "metrics").map(({ host, port }) => `http://${host}:${port}`),
  );
