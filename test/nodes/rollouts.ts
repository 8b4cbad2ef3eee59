import { readdirSync } from "node:fs";
import { join } from "node:path";
import { argoRollouts } from "../../addons/argo-rollouts/addon.ts";
import { namespaces } from "../../platform/names.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { ensureArgoRollouts } from "../cluster/binaries.ts";
import { eventually } from "../cluster/client.ts";
import { explainPods } from "../cluster/cluster.ts";
import type { Editable } from "../plans.ts";
import { packProgram } from "./images.ts";
import type { NodeCluster } from "./nodes.ts";
import { imageIn, type Operator, recordedInstallation } from "./operators.ts";

const { name: NAME } = argoRollouts;
/** As the official image has it. */
const USER = "999";

/** Argo Rollouts' controller as the plan's Application installs it, but for the plug-in for the gateway, which cannot be built here. */
export async function packRollouts(folder: string, plan: Plan): Promise<Operator> {
  const { controller, definitions } = await ensureArgoRollouts();
  const files = readdirSync(definitions).filter((file) => file.endsWith("-crd.yaml"));
  const objects = recordedInstallation(
    plan,
    NAME,
    files.map((file) => join(definitions, file)),
  );
  return {
    images: [await packProgram(controller, imageIn(objects, NAME), folder, { user: USER })],
    objects: objects.map(withoutInitContainers),
  };
}

function withoutInitContainers(object: Editable): Editable {
  const changed = structuredClone(object);
  if (changed.kind === "Deployment") delete changed.spec.template.spec.initContainers;
  return changed;
}

/** The path of a service's Rollout. */
export const rolloutPath = (name: string): string =>
  `/apis/argoproj.io/v1alpha1/namespaces/${namespaces.application}/rollouts/${name}`;

/** Resolves with the status of a Rollout once its controller has seen the last change and says that it is in a phase. */
export async function phaseOf({ client }: NodeCluster, name: string, phase: string, seconds = 180): Promise<Editable> {
  const rollout = async (): Promise<Editable> => (await client.call(rolloutPath(name))).body;
  return eventually(
    `rollout ${name} to be ${phase}`,
    async () => {
      const { metadata, status = {} } = await rollout();
      return status.phase === phase && status.observedGeneration === String(metadata.generation) ? status : undefined;
    },
    { seconds, explain: async () => `${JSON.stringify((await rollout()).status)}\n${await explainPods(client)}` },
  );
}
