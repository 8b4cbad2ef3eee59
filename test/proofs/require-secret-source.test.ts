import { describe, expect, test } from "vitest";
import { requireSecretSource } from "../../proofs/require-secret-source.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf, withoutObject, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => requireSecretSource.examine(each).failures;
const wave = (manifest: Editable, number: string): void => {
  manifest.metadata.annotations["argocd.argoproj.io/sync-wave"] = number;
};

test.each(environmentNames)("every secret of %s has its source", async (name) => {
  const { failures, evidence } = requireSecretSource.examine(await planOf(name));
  expect(failures).toEqual([]);
  // Velero's key stands in the store where a cloud knows no identities; Valkey's three values where it runs.
  const [references, values] = name === "production-lke" ? [7, 10] : [6, name === "development" ? 7 : 10];
  expect(evidence).toEqual([`${references} references to ${references - 1} secrets, ${values} values in the store`]);
});

describe("a reference", () => {
  test("to a secret that nothing makes", () => {
    expect(failuresOf(withoutObject(plan, "ExternalSecret", "api-secrets"))).toContain(
      "Rollout application/api refers to secret application/api-secrets, and nothing makes it. Declare the secret, or drop the reference.",
    );
  });

  test("in an environment variable, as the seeds have it, is seen too", () => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      spec.template.spec.containers[0].env.push({
        name: "JWT_SECRET",
        valueFrom: { secretKeyRef: { name: "promptops-secrets", key: "jwt-secret" } },
      });
    });
    expect(failuresOf(damaged)).toEqual([
      expect.stringMatching(/api refers to secret application\/promptops-secrets, and nothing makes it/),
    ]);
  });

  test("to a key that its source does not make", () => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      const volume = spec.template.spec.volumes.find((each: Editable) => each.secret);
      volume.secret.items = [{ key: "jwt-key", path: "jwt-key" }];
    });
    expect(failuresOf(damaged)).toEqual([
      "Rollout application/api wants key 'jwt-key' of secret application/api-secrets; ExternalSecret application/api-secrets makes jwt-signing-key, database-url, redis-url.",
    ]);
  });

  test("to a secret of another namespace", () => {
    const damaged = damageObject(
      plan,
      "ExternalSecret",
      "api-secrets",
      ({ metadata }) => (metadata.namespace = "data"),
    );
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(/nothing makes it/));
  });

  test("from a gateway to a certificate that is not there", () => {
    expect(failuresOf(withoutObject(plan, "Certificate", "public-tls"))).toEqual([
      expect.stringMatching(/Gateway gateway\/public refers to secret gateway\/public-tls/),
    ]);
  });

  test("that is optional binds nobody", () => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      spec.template.spec.volumes.push({ name: "maybe", secret: { secretName: "maybe", optional: true } });
    });
    expect(failuresOf(damaged)).toEqual([]);
  });
});

describe("an order", () => {
  test("in which the secret comes with its reader, not before", () => {
    expect(failuresOf(damageObject(plan, "ExternalSecret", "api-secrets", (manifest) => wave(manifest, "50")))).toEqual(
      [
        "Job application/api-prepare is applied in wave 40, but ExternalSecret application/api-secrets, which makes its secret api-secrets, only in wave 50. Put the source first.",
        "Rollout application/api is applied in wave 50, but ExternalSecret application/api-secrets, which makes its secret api-secrets, only in wave 50. Put the source first.",
      ],
    );
  });

  test("in which the store comes after what reads from it", () => {
    expect(
      failuresOf(damageObject(plan, "ClusterSecretStore", "platform", (manifest) => wave(manifest, "30"))),
    ).toHaveLength(4);
  });

  test("in which the issuer comes after the certificate", () => {
    expect(failuresOf(damageObject(plan, "ClusterIssuer", "public", (manifest) => wave(manifest, "20")))).toEqual([
      expect.stringMatching(
        /^Certificate gateway\/public-tls is applied in wave 20, but ClusterIssuer public only in wave 20/,
      ),
    ]);
  });
});

describe("a source", () => {
  test("without its store", () => {
    expect(failuresOf(withoutObject(plan, "ClusterSecretStore", "platform"))).toContain(
      "ExternalSecret application/api-secrets stands on ClusterSecretStore 'platform', which is not there.",
    );
  });

  test("in a namespace that its store does not answer", () => {
    const damaged = damageObject(
      plan,
      "ClusterSecretStore",
      "platform",
      ({ spec }) => (spec.conditions = [{ namespaces: ["data"] }]),
    );
    expect(failuresOf(damaged)).toContain(
      "ExternalSecret application/worker-secrets: ClusterSecretStore platform does not answer the namespace application.",
    );
  });

  test("that reads what no cloud resource stores", () => {
    const damaged = withResources(plan, (resources) =>
      resources.filter(
        ({ type, name }) => !(type === "aws:secretsmanager/secret:Secret" && name === "jwt-signing-key"),
      ),
    );
    expect(failuresOf(damaged)).toEqual([
      "ExternalSecret application/api-secrets reads 'promptops-production/api/jwt-signing-key', which no cloud resource puts into the store.",
    ]);
  });
});

describe("a reader", () => {
  test("who was not declared", () => {
    const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
      spec.template.spec.volumes.push({ name: "more", secret: { secretName: "api-secrets" } });
    });
    expect(failuresOf(damaged)).toContain(
      "worker reads 'promptops-production/api/jwt-signing-key' and was not declared to. Its readers are api, api-prepare.",
    );
  });

  test("who was declared and reads nothing", () => {
    const damaged = damageObject(plan, "ExternalSecret", "api-secrets", ({ spec }) => spec.data.shift());
    expect(failuresOf(damaged)).toContain(
      "api was declared to read 'promptops-production/api/jwt-signing-key' and does not.",
    );
  });
});
