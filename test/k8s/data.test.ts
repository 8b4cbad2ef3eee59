import { describe, expect, test } from "vitest";
import { known } from "../../plan/model/recorded.ts";
import { prove } from "../../proofs/index.ts";
import { descriptors } from "../environments.ts";
import { type Editable, freshPlan, planOf } from "../plans.ts";
import { pick } from "./objects.ts";

const production = await planOf("production");
const manifests = production.objects.map(({ manifest }) => manifest);
const wave = ({ metadata }: Editable): number => Number(metadata.annotations["argocd.argoproj.io/sync-wave"]);

const repositories = production.addons.flatMap(({ name }) => {
  const delivery = descriptors.addons.find((addon) => addon.name === name)?.delivery;
  return delivery?.by === "application" ? [delivery.source.repository] : [];
});

describe("an add-on", () => {
  const applications = manifests.filter(({ kind }) => kind === "Application");

  test("is an Application with its version, applied server-side, in a namespace that denies everything", () => {
    expect(applications.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      "argo-rollouts",
      "aws-load-balancer-controller",
      "cert-manager",
      "cluster-autoscaler",
      "external-dns",
      "external-secrets",
      "gateway-api",
      "istio",
      "istio-base",
      "keda",
      "kube-prometheus-stack",
      "node-exporter",
      "nvidia-device-plugin",
      "prometheus-operator-crds",
      "rabbitmq",
      "valkey",
      "velero",
    ]);
    for (const { spec, metadata } of applications as unknown as { spec: Editable; metadata: Editable }[]) {
      expect(metadata.namespace).toBe("argocd");
      expect(spec.source.targetRevision).toMatch(/^v?\d+\.\d+\.\d+$/);
      expect(repositories).toContain(spec.source.repoURL);
      expect(spec.syncPolicy.syncOptions).toContain("ServerSideApply=true");
      expect(spec.syncPolicy.automated).toEqual({ prune: true, selfHeal: true });
      const { namespace } = spec.destination;
      // The cluster's own, for what has no pods.
      if (namespace === "kube-system") continue;
      const closed = manifests.filter(
        (each) =>
          each.kind === "NetworkPolicy" && each.metadata.namespace === namespace && each.metadata.name === "deny-all",
      );
      expect(closed, namespace).toHaveLength(1);
    }
  });

  test("may be fetched: Argo CD's project lets its repository in, and waits until it is healthy", () => {
    const release = (name: string): Editable => {
      const found = production.resources.find((each) => each.type.endsWith("v3:Release") && each.name === name);
      return found && known(found, "values");
    };
    expect(release("root").projects.platform.sourceRepos).toEqual(expect.arrayContaining(repositories));
    expect(Object.keys(release("argo-cd").configs.cm)).toEqual([
      "resource.customizations.health.argoproj.io_Application",
      "resource.customizations.health.gateway.networking.k8s.io_Gateway",
      "resource.customizations.health.gateway.networking.k8s.io_HTTPRoute",
    ]);
  });

  test("of an operator comes before what is made of its kinds", () => {
    expect(wave(pick(manifests, "Application", "rabbitmq"))).toBeLessThan(wave(pick(manifests, "RabbitmqCluster")));
  });

  test("is packed, connected and given its secrets by the pods that its source renders", () => {
    const [valkey] = production.podSources.filter(({ addon, name }) => addon === "valkey" && name === "valkey");
    expect(valkey).toMatchObject({
      kind: "StatefulSet",
      namespace: "data",
      labels: { "app.kubernetes.io/name": "valkey" },
      replicas: { min: 3, max: 3 },
      spec: {
        nodeSelector: { workload: "data" },
        tolerations: [{ key: "workload", operator: "Equal", value: "data", effect: "NoSchedule" }],
      },
    });
    expect(valkey?.spec.containers.map(({ name }) => name)).toEqual(["valkey", "metrics"]);
  });

  test("that needs another one enables it", () => {
    expect(production.addons.map(({ name }) => name)).toEqual(expect.arrayContaining(["gateway-api", "cert-manager"]));
  });
});

describe("Valkey", () => {
  const { valuesObject } = pick(manifests, "Application", "valkey").spec.source.helm;

  test("asks for a password that the store has, keeps what it is given, and throws no key out", () => {
    expect(valuesObject.auth).toMatchObject({ enabled: true, usersExistingSecret: "valkey-users" });
    expect(pick(manifests, "ExternalSecret", "valkey-users").spec.data).toEqual([
      { secretKey: "default", remoteRef: { key: "promptops-production/valkey/users", property: "value" } },
    ]);
    expect(valuesObject.replica).toMatchObject({ replicas: 2, persistence: { storageClass: "fast-ssd" } });
    expect(valuesObject.valkeyConfig).toBe(
      `maxmemory ${0.75 * 2 ** 30}\nmaxmemory-policy noeviction\nappendonly yes\n`,
    );
  });

  test("is found by who uses the queue, and by nobody else", () => {
    const files = (name: string): string[] =>
      pick(manifests, "ExternalSecret", name).spec.data.map(({ secretKey }: Editable) => secretKey as string);
    for (const service of ["api", "evaluator", "worker"]) expect(files(`${service}-secrets`)).toContain("redis-url");
    const [{ from }] = pick(manifests, "NetworkPolicy", "valkey").spec.ingress;
    const callers = from.map(
      ({ podSelector }: Editable) => podSelector.matchLabels["app.kubernetes.io/name"] as string,
    );
    expect(callers.toSorted()).toEqual(["api", "evaluator", "valkey", "worker"]);
  });
});

test("RabbitMQ is three nodes apart, with queues that outlive one of them and a drain that ends", () => {
  const { spec } = pick(manifests, "RabbitmqCluster", "rabbitmq");
  expect(spec.replicas).toBe(3);
  expect(spec.rabbitmq.additionalConfig).toContain("default_queue_type = quorum");
  expect(spec.terminationGracePeriodSeconds).toBeLessThan(3600);
  const [{ topologyKey }] = spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  expect(topologyKey).toBe("kubernetes.io/hostname");
  expect(spec.tolerations[0]).toMatchObject({ key: "workload", value: "data" });
});

describe("the queue of usage events", () => {
  const { spec } = pick(manifests, "RabbitmqCluster", "rabbitmq");
  const { volumes, containers } = spec.override.statefulSet.spec.template.spec;

  test("is in definitions that RabbitMQ loads from a Secret, which the store has", () => {
    const [, folder, file] = /^load_definitions = (.*)\/(.*)$/m.exec(spec.rabbitmq.additionalConfig) ?? [];
    expect(containers[0].volumeMounts).toEqual([{ name: "definitions", mountPath: folder, readOnly: true }]);
    expect(volumes).toEqual([{ name: "definitions", secret: { secretName: "rabbitmq-definitions" } }]);
    expect(pick(manifests, "ExternalSecret", "rabbitmq-definitions").spec.data).toEqual([
      { secretKey: file, remoteRef: { key: "promptops-production/rabbitmq/definitions", property: "value" } },
    ]);
  });

  test("gets a replica of analytics for each ten messages, by the metric of that queue alone", () => {
    const { triggers, minReplicaCount, maxReplicaCount } = pick(manifests, "ScaledObject", "analytics").spec;
    expect([minReplicaCount, maxReplicaCount]).toEqual([2, 10]);
    expect(triggers).toEqual([
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: expect.objectContaining({
          query: 'max(rabbitmq_queue_messages{namespace="data",queue="usage"})',
          threshold: "10",
        }),
      },
    ]);
    expect(spec.rabbitmq.additionalConfig).toContain("prometheus.return_per_object_metrics = true");
  });

  test("is found by analytics, and by nobody else outside RabbitMQ", () => {
    const files = pick(manifests, "ExternalSecret", "analytics-secrets").spec.data as Editable[];
    expect(files.map(({ secretKey }) => secretKey as string)).toEqual(["database-url", "amqp-url"]);
    for (const name of ["api-secrets", "worker-secrets"])
      expect(JSON.stringify(pick(manifests, "ExternalSecret", name))).not.toContain("amqp");
  });
});

test("what charts and operators make in a restricted namespace is told to be restricted", () => {
  const { valuesObject } = pick(manifests, "Application", "valkey").spec.source.helm;
  const pod = pick(manifests, "RabbitmqCluster", "rabbitmq").spec.override.statefulSet.spec.template.spec;
  for (const context of [valuesObject.podSecurityContext, pod.securityContext]) {
    expect(context).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  }
  const containers = [
    valuesObject.securityContext,
    valuesObject.metrics.exporter.securityContext,
    ...[...pod.containers, ...pod.initContainers].map(({ securityContext }: Editable) => securityContext),
  ];
  for (const context of containers) {
    expect(context).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } });
  }
});

test("Velero keeps the volumes of stateful add-ons", () => {
  for (const { spec } of manifests.filter(({ kind }) => kind === "Schedule") as unknown as { spec: Editable }[]) {
    expect(spec.template.includedNamespaces).toEqual(["application", "gateway", "data"]);
    expect(spec.template).not.toHaveProperty("labelSelector");
  }
});

describe.each(["production", "production-lke"])("CloudNativePG by choice, in %s", (name) => {
  const planned = freshPlan(name, { "database.inCluster": true, "database.port": undefined });
  const objects = async (): Promise<readonly unknown[]> => (await planned).objects.map(({ manifest }) => manifest);

  test("takes the managed server's place, and every proof still holds", async () => {
    const plan = await planned;
    expect(plan.resources.filter(({ type }) => /rds\/instance|databasePostgresql/.test(type))).toEqual([]);
    const proved = prove(plan).filter(({ proof }) => proof !== "fits-connections");
    for (const { proof, failures } of proved) expect(failures, proof).toEqual([]);
    expect(prove(plan).find(({ proof }) => proof === "fits-connections")?.evidence[0]).toMatch(/\(Cluster postgres\)$/);
  });

  test("is left out of Velero's backups, because it keeps its own", async () => {
    const schedules = (await objects()).filter((object) => (object as Editable).kind === "Schedule") as Editable[];
    for (const { spec } of schedules) {
      expect(spec.template.labelSelector.matchExpressions).toEqual([
        { key: "cnpg.io/cluster", operator: "DoesNotExist" },
      ]);
    }
  });

  test("is a primary and two that follow, apart from each other, with a role that makes the others", async () => {
    const { spec } = pick(await objects(), "Cluster", "postgres");
    expect(spec.instances).toBe(3);
    expect(spec.affinity).toMatchObject({
      podAntiAffinityType: "required",
      topologyKey: name === "production" ? "topology.kubernetes.io/zone" : "kubernetes.io/hostname",
    });
    expect(spec.managed.roles).toEqual([
      expect.objectContaining({ name: "promptops", createdb: true, createrole: true }),
    ]);
    expect(spec.enableSuperuserAccess).toBe(false);
  });

  test("archives its log, and copies itself each six hours to the bucket, by a plug-in with the right to", async () => {
    const plan = await planned;
    const manifests_ = await objects();
    expect(pick(manifests_, "Cluster", "postgres").spec.plugins).toEqual([
      { name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true, parameters: { barmanObjectName: "postgres" } },
    ]);
    expect(pick(manifests_, "ScheduledBackup").spec).toMatchObject({ schedule: "0 0 */6 * * *", method: "plugin" });
    const { configuration, retentionPolicy } = pick(manifests_, "ObjectStore").spec;
    expect(retentionPolicy).toBe("7d");
    expect(configuration.destinationPath).toMatch(new RegExp(`^s3://promptops-${name}-backups-.*/postgres$`));
    if (name === "production") {
      expect(configuration.s3Credentials).toEqual({ inheritFromIAMRole: true });
      const identity = plan.resources.find(
        (each) => each.type.endsWith(":PodIdentityAssociation") && each.name === "postgres",
      );
      expect(identity && [known(identity, "namespace"), known(identity, "serviceAccount")]).toEqual([
        "data",
        "postgres",
      ]);
    } else {
      expect(configuration.s3Credentials.accessKeyId).toEqual({ name: "postgres-backup-key", key: "access-key" });
      expect(configuration.endpointURL).toBe("https://fr-par-1.linodeobjects.com");
    }
  });
});
