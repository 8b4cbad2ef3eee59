import type { Store } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

export const requireEncryption: Proof = {
  name: "require-encryption",
  claim:
    "Every data store is encrypted at rest, with our own rotated key if the cloud supports it, and refuses unencrypted connections.",
  examine({ safety: { stores }, expected: { cloud } }) {
    const own = stores.filter(({ key }) => typeof key === "object");
    return {
      evidence: [
        `${stores.length} stores: ${own.length} with our own key, ${stores.length - own.length} with the provider's; ${stores.filter(({ refusesPlaintext }) => refusesPlaintext).length} refuse plaintext`,
      ],
      failures: stores.flatMap((store) => [
        ...atRestFailures(store, cloud.ownKeys),
        ...inTransitFailures(store),
        ...sharedKeyFailures(store, stores),
      ]),
    };
  },
};

function atRestFailures({ name, key, holds }: Store, ownKeys: boolean): string[] {
  if (key === undefined) return [`${name} is not encrypted. Turn encryption on.`];
  if (key === "provider")
    return ownKeys && holds !== "scratch"
      ? [`${name} is encrypted with the provider's key. Name a key of the plan.`]
      : [];
  if (!key.exists)
    return [`${name} is encrypted with '${key.name}', which is no enabled key of the plan in its region. Name one.`];
  return key.rotates ? [] : [`${name} is encrypted with ${key.name}, which never changes. Turn its rotation on.`];
}

function sharedKeyFailures({ name, key, keyAlone }: Store, stores: readonly Store[]): string[] {
  if (!keyAlone || typeof key !== "object") return [];
  return stores
    .filter((other) => other.name !== name && typeof other.key === "object" && other.key.name === key.name)
    .map(
      (other) => `${name} and ${other.name} are encrypted with one key, ${key.name}. Give the first a key of its own.`,
    );
}

const inTransitFailures = ({ name, refusesPlaintext }: Store): string[] =>
  refusesPlaintext === false ? [`${name} accepts connections without TLS, or refuses those with it. Require TLS.`] : [];
