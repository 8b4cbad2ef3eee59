import { describe, expect, test } from "vitest";
import { requireSecretSource } from "../../proofs/require-secret-source.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { damageObject, type Editable, planOf, withoutObject, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = (each: Plan): readonly string[] => requireSecretSource.examine(each).failures;
const wave = (manifest: Editable, number: string): void => {
  manifest.metadata.annotations["argocd.argoproj.io/sync-wave"] = number;
};

test.each([
  ["development", "16 references to 13 secrets, 19 values in the store"],
  ["staging", "24 references to 21 secrets, 30 values in the store"],
  ["production", "24 references to 21 secrets, 30 values in the store"],
  // On LKE Velero reads the key of its bucket from a secret, and services that of theirs.
  ["production-lke", "25 references to 21 secrets, 31 values in the store"],
])("every secret of %s has its source", async (name, evidence) => {
  expect(requireSecretSource.examine(await planOf(name))).toEqual({ failures: [], evidence: [evidence] });
});

describe("a reference", () => {
  test("to a secret that nothing creates", () => {
    expect(failuresOf(withoutObject(plan, "ExternalSecret", "api-secrets"))).toContain(
      "Rollout application/api refers to secret application/api-secrets, but nothing creates it. Declare the secret or remove the reference.",
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
      expect.stringMatching(/api refers to secret application\/promptops-secrets, but nothing creates it/),
    ]);
  });

  test("to a key that its source does not make", () => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      const volume = spec.template.spec.volumes.find((each: Editable) => each.secret);
      volume.secret.items = [{ key: "jwt-key", path: "jwt-key" }];
    });
    expect(failuresOf(damaged)).toEqual([
      "Rollout application/api needs key 'jwt-key' of secret application/api-secrets; ExternalSecret application/api-secrets creates jwt-signing-key, custom-model-key, database-url, database-replicas, redis-url.",
    ]);
  });

  test("to a secret of another namespace", () => {
    const damaged = damageObject(
      plan,
      "ExternalSecret",
      "api-secrets",
      ({ metadata }) => (metadata.namespace = "data"),
    );
    expect(failuresOf(damaged)).toContainEqual(expect.stringMatching(/nothing creates it/));
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
  test("in which the secret comes after its reader", () => {
    expect(failuresOf(damageObject(plan, "ExternalSecret", "api-secrets", (manifest) => wave(manifest, "55")))).toEqual(
      [
        "Rollout application/api is applied in wave 50, but ExternalSecret application/api-secrets, which creates its secret api-secrets, in wave 55. Move the source to an earlier layer.",
      ],
    );
  });

  test("in which the store comes after what reads from it", () => {
    expect(
      failuresOf(damageObject(plan, "ClusterSecretStore", "platform", (manifest) => wave(manifest, "30"))),
    ).toHaveLength(12);
  });

  test("in which the issuer comes with the certificate", () => {
    expect(failuresOf(damageObject(plan, "ClusterIssuer", "public", (manifest) => wave(manifest, "70")))).toEqual([
      expect.stringMatching(
        /^Certificate gateway\/public-tls is applied in wave 70, but ClusterIssuer public in wave 70/,
      ),
    ]);
  });
});

describe("a source", () => {
  test("without its store", () => {
    expect(failuresOf(withoutObject(plan, "ClusterSecretStore", "platform"))).toContain(
      "ExternalSecret application/api-secrets needs ClusterSecretStore 'platform', which does not exist. Add it.",
    );
  });

  test("in a namespace that its store does not serve", () => {
    const damaged = damageObject(
      plan,
      "ClusterSecretStore",
      "platform",
      ({ spec }) => (spec.conditions = [{ namespaces: ["data"] }]),
    );
    expect(failuresOf(damaged)).toContain(
      "ExternalSecret application/worker-secrets: ClusterSecretStore platform does not serve namespace application.",
    );
  });

  test("that reads a value that no cloud resource stores", () => {
    const damaged = withResources(plan, (resources) =>
      resources.filter(
        ({ type, name }) => !(type === "aws:secretsmanager/secret:Secret" && name === "jwt-signing-key"),
      ),
    );
    expect(failuresOf(damaged)).toEqual([
      "ExternalSecret application/api-secrets reads 'promptops-production/api/jwt-signing-key', which no cloud resource writes to the store.",
    ]);
  });
});

describe("a reader", () => {
  test("that was not declared", () => {
    const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
      spec.template.spec.volumes.push({ name: "more", secret: { secretName: "api-secrets" } });
    });
    expect(failuresOf(damaged)).toContain(
      "worker reads 'promptops-production/api/jwt-signing-key' but is not a declared reader. The readers are api.",
    );
  });

  test("that was declared and reads nothing", () => {
    const damaged = damageObject(plan, "ExternalSecret", "api-secrets", ({ spec }) => spec.data.shift());
    expect(failuresOf(damaged)).toContain(
      "api is declared as a reader of 'promptops-production/api/jwt-signing-key', but does not read it.",
    );
  });
});

test("another property, a value that is never looked for again, and a stray secret are found", () => {
  const damaged = (damage: (spec: Editable) => void): readonly string[] =>
    failuresOf(damageObject(plan, "ExternalSecret", "database-roles", ({ spec }) => damage(spec)));
  expect(damaged(({ data }) => delete data[0].remoteRef.property)).toContainEqual(
    expect.stringMatching(/reads property '' of 'promptops-production\/database\/admin', which has url, username/),
  );
  expect(damaged((spec) => (spec.refreshInterval = "0s"))).toContainEqual(
    expect.stringMatching(/is refreshed every '0s'/),
  );
  expect(damaged((spec) => delete spec.target.name)).toContainEqual(expect.stringMatching(/Set target.name/));
  const lost = "promptops-production/api/database-password";
  expect(failuresOf({ ...plan, storedSecrets: plan.storedSecrets.filter((path) => path !== lost) })).toEqual([
    `Nothing generates '${lost}', the password of a role, exactly once. Add it.`,
  ]);
  expect(failuresOf({ ...plan, storedSecrets: [...plan.storedSecrets, "promptops-production/old"] })).toEqual([
    "The store keeps 'promptops-production/old', which no descriptor asks for. Remove it, or correct its name.",
  ]);
});
