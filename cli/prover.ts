/** Proves the plans that come from the thread that started this one. */
import { parentPort } from "node:worker_threads";
import type { Finding } from "../plan/model/plan.ts";
import { prove } from "../proofs/index.ts";
import { loadServices } from "../services/catalogue.ts";
import { programsOf } from "../services/shared/runtime/program.ts";
import { type Question, received, type Reply, type SentPlan } from "./sent-plan.ts";

const programs = loadServices().then((services) => services.flatMap(programsOf));

parentPort?.on("message", ({ id, plan }: Question) => {
  const reply = (reply: Reply): void => {
    parentPort?.postMessage(reply);
  };
  proveSent(plan).then(
    (findings) => {
      reply({ id, findings });
    },
    (error: unknown) => {
      reply({ id, error });
    },
  );
});

async function proveSent(plan: SentPlan): Promise<Finding[]> {
  const known = await programs;
  return prove(
    received(plan, ({ service, command }) => {
      const program = known.find((each) => each.service === service && each.command === command);
      if (!program) throw new Error(`Service '${service}' has no program '${command}'.`);
      return program.read;
    }),
  );
}
