import { type RecordedResource, urnsIn } from "../plan/model/recorded.ts";
import type { Proof } from "./proof.ts";

export const validResources: Proof = {
  name: "valid-resources",
  claim: "Every resource that another one names is in the plan, and the cloud accepts and can use what is declared.",
  examine({ resources, safety, unreadable }) {
    const urns = new Set(resources.map(({ urn }) => urn));
    const references = resources.flatMap((resource) =>
      [...new Set(urnsIn(resource.inputs))].map((urn) => ({ resource, urn })),
    );
    return {
      evidence: [`${references.length} references between ${resources.length} resources`],
      failures: [
        ...references.filter(({ urn }) => !urns.has(urn)).map(({ resource, urn }) => danglingFailure(resource, urn)),
        ...safety.faults,
        ...unreadable.map((reason) => `${reason} Declare it.`),
      ],
    };
  },
};

const danglingFailure = ({ type, name }: RecordedResource, urn: string): string =>
  `${type.split(":").at(-1) ?? type} '${name}' takes an output of '${urn.split("::").at(-1) ?? urn}', which is not in the plan. Declare it.`;
