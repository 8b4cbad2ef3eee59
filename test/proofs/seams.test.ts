import { describe, expect, test } from "vitest";
import { fitsConnections } from "../../proofs/fits-connections.ts";
import { noFloatingImage } from "../../proofs/no-floating-image.ts";
import type { Proof } from "../../proofs/proof.ts";
import { requireGrace } from "../../proofs/require-grace.ts";
import { requireStorageClass } from "../../proofs/require-storage-class.ts";
import { validApiVersions } from "../../proofs/valid-api-versions.ts";
import { validHosts } from "../../proofs/valid-hosts.ts";
import { validPorts } from "../../proofs/valid-ports.ts";
import { validSelectors } from "../../proofs/valid-selectors.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, freshPlan, planOf, withoutObject, withResources } from "../plans.ts";

const plan = await planOf("production");
const failuresOf = ({ examine }: Proof, each: typeof plan): readonly string[] => examine(each).failures;

describe.each([
  ...[fitsConnections, noFloatingImage, requireGrace, requireStorageClass],
  ...[validApiVersions, validHosts, validPorts, validSelectors],
])("$name", (proof) => {
  test.each(environmentNames)("holds in %s, and says by how much", async (name) => {
    const { failures, evidence } = proof.examine(await planOf(name));
    expect(failures).toEqual([]);
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.join()).toMatch(/\d|zone/);
  });
});

describe("connections", () => {
  test("are counted with a rollout under way, and held against the class", () => {
    expect(fitsConnections.examine(plan).evidence).toEqual([
      "analytics 13 x 3 + api 40 x 10 + api-migrate 1 x 1 + api-create-tenant 1 x 1 + evaluator 4 x 3 + notifications 5 x 2 + worker 63 x 5 = 778 of 797 (db.m7g.large)",
    ]);
  });

  test("beyond the server's are told with the sum", async () => {
    const more = await freshPlan("production", { services: { api: { replicas: { min: 2, max: 30 } } } });
    expect(failuresOf(fitsConnections, more)).toEqual([
      "db.m7g.large accepts 797 connections, but pods may open 978 (analytics 13 x 3 + api 60 x 10 + api-migrate 1 x 1 + api-create-tenant 1 x 1 + evaluator 4 x 3 + notifications 5 x 2 + worker 63 x 5). Choose a larger class ('database.needs') or fewer replicas.",
    ]);
  });

  test("to CloudNativePG are held against its parameter", async () => {
    const local = await planOf("development");
    const damaged = damageObject(local, "Cluster", "postgres", ({ spec }) => {
      spec.postgresql.parameters.max_connections = "50";
    });
    expect(failuresOf(fitsConnections, damaged)).toEqual([
      expect.stringMatching(/^Cluster postgres accepts 47 connections/),
    ]);
  });

  test("to nothing at all are a failure", () => {
    const none = withResources(plan, (resources) =>
      resources.filter(({ type }) => type !== "aws:rds/instance:Instance"),
    );
    expect(failuresOf(fitsConnections, none)).toEqual([
      expect.stringMatching(/^Pods connect to Postgres, but the plan has no server/),
    ]);
  });
});

describe("an image", () => {
  const withImage = (image: string): readonly string[] =>
    failuresOf(
      noFloatingImage,
      damageObject(plan, "Deployment", "worker", ({ spec }) => (spec.template.spec.containers[0].image = image)),
    );

  test.each<[string, RegExp]>([
    ["ghcr.io/promptops/worker:latest", /has a tag that moves/],
    ["ghcr.io/promptops/worker:17", /has a tag that moves/],
    ["ghcr.io/promptops/worker", /has no tag, which means latest/],
    ["promptops/worker:v1.0.0", /names no registry/],
    ["", /is no image's name/],
  ])("called '%s' is refused", (image, fault) => {
    expect(withImage(image)).toEqual([expect.stringMatching(fault)]);
  });

  test.each(["registry:5000/worker:v1.0.0", `ghcr.io/worker@sha256:${"0".repeat(64)}`, "ghcr.io/a/b:sha-0a1b2c3d"])(
    "called '%s' is let be",
    (image) => {
      expect(withImage(image)).toEqual([]);
    },
  );
});

describe("the time to stop", () => {
  const with_ = (damage: (spec: Editable) => void): readonly string[] =>
    failuresOf(
      requireGrace,
      damageObject(plan, "Rollout", "api", ({ spec }) => {
        damage(spec.template.spec);
      }),
    );

  test("that is shorter than wait and drain", () => {
    expect(with_((spec) => (spec.terminationGracePeriodSeconds = 34))).toEqual([
      expect.stringMatching(
        /^Rollout application\/api: its grace period is 34 s, but it sleeps 5 s .* drains for 30 s/,
      ),
    ]);
  });

  test("that is Kubernetes' own, where nothing is said", () => {
    expect(with_((spec) => delete spec.terminationGracePeriodSeconds)).toHaveLength(1);
  });

  test("without a wait before it", () => {
    expect(with_((spec) => delete spec.containers[0].lifecycle)).toEqual([
      expect.stringMatching(/stops while routes still point at it/),
    ]);
  });
});

describe("storage", () => {
  test("of a class that only the other cloud has", () => {
    const damaged = damageObject(plan, "RabbitmqCluster", "rabbitmq", ({ spec }) => {
      spec.persistence.storageClassName = "linode-block-storage-retain";
    });
    expect(failuresOf(requireStorageClass, damaged)).toEqual([
      "RabbitmqCluster data/rabbitmq claims storage of class 'linode-block-storage-retain', which is not among fast-ssd, shared-filesystem, standard-ssd.",
    ]);
  });

  test("in a chart's values counts as well", () => {
    const damaged = damageObject(plan, "Application", "valkey", ({ spec }) => {
      spec.source.helm.valuesObject.replica.persistence.storageClass = "gp2";
    });
    expect(failuresOf(requireStorageClass, damaged)).toEqual([expect.stringMatching(/claims storage of class 'gp2'/)]);
  });
});

describe("an API version", () => {
  test("that is gone", () => {
    // The schema judges its shape; whether this minor serves it is the catalogue's to say.
    expect(validApiVersions.examine({ ...plan, objects: cronJobOnly("batch/v1beta1") }).failures).toEqual([
      "CronJob application/x: batch/v1beta1 CronJob was removed in Kubernetes 1.25. Use batch/v1.",
    ]);
  });

  test("that this minor does not serve yet", () => {
    const objects = [
      {
        path: "x.yaml",
        manifest: {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "ValidatingAdmissionPolicy",
          metadata: { name: "x" },
        },
      },
    ];
    expect(validApiVersions.examine({ ...plan, objects, kubernetesVersion: "1.29" }).failures).toEqual([
      "ValidatingAdmissionPolicy x: admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy needs Kubernetes 1.30 or later.",
    ]);
  });

  test("that nobody has ever served", () => {
    expect(validApiVersions.examine({ ...plan, objects: cronJobOnly("batch/v3") }).failures).toEqual([
      expect.stringMatching(/batch\/v3 CronJob has no row/),
    ]);
  });

  function cronJobOnly(apiVersion: string): (typeof plan)["objects"] {
    return [
      { path: "x.yaml", manifest: { apiVersion, kind: "CronJob", metadata: { name: "x", namespace: "application" } } },
    ];
  }
  test("of a kind that is there is let be", () => {
    expect(validApiVersions.examine({ ...plan, objects: cronJobOnly("batch/v1") }).failures).toEqual([]);
  });
});

describe("a host", () => {
  test("that no certificate names", () => {
    const damaged = damageObject(
      plan,
      "Certificate",
      "public-tls",
      ({ spec }) => (spec.dnsNames = ["www.promptops.io"]),
    );
    expect(failuresOf(validHosts, damaged)).toEqual([
      "HTTPRoute application/api-canary: api.promptops.io is in no certificate of its gateway (www.promptops.io).",
      "HTTPRoute application/api: api.promptops.io is in no certificate of its gateway (www.promptops.io).",
      "Certificate gateway/public-tls: names www.promptops.io, which no route uses. Add a route or remove the name.",
    ]);
  });

  test("that stands in another zone", () => {
    const damaged = damageObject(
      plan,
      "HTTPRoute",
      "https-redirect",
      ({ spec }) => (spec.hostnames = ["api.example.com"]),
    );
    expect(failuresOf(validHosts, damaged)).toEqual([
      "HTTPRoute application/https-redirect: api.example.com is in none of the DNS zones (promptops.io).",
    ]);
  });

  test("whose gateway, listener, Service or port is not there", () => {
    const route = (damage: (spec: Editable) => void): readonly string[] =>
      failuresOf(
        validHosts,
        damageObject(plan, "HTTPRoute", "api", ({ spec }) => {
          damage(spec);
        }),
      );
    expect(route((spec) => (spec.parentRefs[0].name = "private"))).toEqual([
      expect.stringMatching(/gateway 'private' does not exist/),
    ]);
    expect(route((spec) => (spec.parentRefs[0].sectionName = "tls"))).toEqual([
      expect.stringMatching(/has no listener 'tls' \(http, https\)/),
    ]);
    expect(route((spec) => (spec.rules[0].backendRefs[0].port = 80))).toEqual([
      expect.stringMatching(/leads to port 80 of Service 'api', which has 8080, 9080/),
    ]);
    expect(failuresOf(validHosts, withoutObject(plan, "Service", "api-canary"))).toEqual([
      expect.stringMatching(/HTTPRoute application\/api-canary: leads to Service 'api-canary'/),
      expect.stringMatching(/HTTPRoute application\/api: leads to Service 'api-canary'/),
    ]);
  });
});

describe("a route", () => {
  const route = (name: string, damage: (spec: Editable) => void): readonly string[] =>
    failuresOf(
      validHosts,
      damageObject(plan, "HTTPRoute", name, ({ spec }) => {
        damage(spec);
      }),
    );

  test.each(["api", "api-canary"])("%s to the metrics is refused", (name) => {
    expect(route(name, (spec) => (spec.rules[0].backendRefs[0].port = 9080))).toEqual([
      expect.stringMatching(/leads to port 9080 of Service 'api(-canary)?', whose metrics are not for the public/),
    ]);
  });

  test.each<[string, (spec: Editable) => void]>([
    ["without the header", (spec): unknown => delete spec.rules[0].filters],
    ["for an hour", (spec) => (spec.rules[0].filters[0].responseHeaderModifier.set[0].value = "max-age=3600")],
    ["for no time", (spec) => (spec.rules[0].filters[0].responseHeaderModifier.set[0].value = "max-age=0")],
    ["in one of two rules", (spec) => spec.rules.push({ ...spec.rules[0], filters: [] })],
  ])("that lets browsers come back without TLS is refused: %s", (_, damage) => {
    expect(route("api", damage)).toEqual([expect.stringMatching(/does not set Strict-Transport-Security/)]);
  });

  test("that answers without TLS is refused", () => {
    expect(route("https-redirect", (spec) => (spec.rules[0].filters = []))).toEqual([
      "HTTPRoute application/https-redirect: answers on listener 'http' without TLS. Redirect to https.",
    ]);
    expect(route("api", (spec) => (spec.parentRefs[0].sectionName = "http"))).toEqual([
      "HTTPRoute application/api: answers on listener 'http' without TLS. Redirect to https.",
    ]);
  });
});

describe("a port", () => {
  const ports = (damaged: typeof plan): readonly string[] => failuresOf(validPorts, damaged);

  test("that the container does not open as its service listens", () => {
    const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
      spec.template.spec.containers[0].ports[0].containerPort = 8082;
    });
    expect(ports(damaged)).toEqual([
      "Deployment application/worker: 'worker' listens on 8081 (health), which its pods do not open.",
      "Service application/worker: its port 8081 leads to 8082 of Deployment application/worker; NetworkPolicies match only the pod's port. Make them equal.",
    ]);
  });

  test("of a Service that leads nowhere, or elsewhere", () => {
    const service = (damage: (port: Editable) => void): readonly string[] =>
      ports(
        damageObject(plan, "Service", "worker", ({ spec }) => {
          damage(spec.ports[0]);
        }),
      );
    expect(service((port) => (port.targetPort = "web"))).toEqual([
      expect.stringMatching(/leads to port 'web' .* does not open/),
    ]);
    expect(service((port) => (port.port = 80))).toEqual([expect.stringMatching(/its port 80 leads to 8081/)]);
  });

  test("of a probe that nobody answers", () => {
    const damaged = damageObject(plan, "Rollout", "api", ({ spec }) => {
      spec.template.spec.containers[0].readinessProbe.httpGet.port = "health";
    });
    expect(ports(damaged)).toEqual(["Rollout application/api: is probed on 'health', which it does not open."]);
  });
});

describe("a selector", () => {
  test.each([
    ["Service", "worker", (spec: Editable): void => void (spec.selector = { app: "worker" })],
    [
      "ServiceMonitor",
      "api",
      (spec: Editable): void => void (spec.selector.matchLabels["promptops.dev/scraped"] = "yes"),
    ],
    ["PodMonitor", "rabbitmq", (spec: Editable): void => void (spec.selector.matchLabels = { app: "rabbit" })],
  ] as const)("of a %s that selects nothing", (kind, name, damage) => {
    const damaged = damageObject(plan, kind, name, ({ spec }) => {
      damage(spec);
    });
    expect(failuresOf(validSelectors, damaged)).toEqual([
      `${kind} ${kind === "PodMonitor" ? "data" : "application"}/${name}: spec.selector selects nothing in the plan. Correct its labels.`,
    ]);
  });

  test("of a spread that counts other pods", () => {
    const damaged = damageObject(plan, "Deployment", "worker", ({ spec }) => {
      spec.template.spec.topologySpreadConstraints[0].labelSelector.matchLabels = { app: "api" };
    });
    expect(failuresOf(validSelectors, damaged)).toEqual([
      "Deployment application/worker: spec.template.spec.topologySpreadConstraints[0].labelSelector selects nothing in the plan. Correct its labels.",
    ]);
  });
});
