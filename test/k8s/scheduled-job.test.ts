import { describe, expect, test } from "vitest";
import { ScheduledJob, type ScheduledJobProps } from "../../k8s/constructs/scheduled-job.ts";
import { workload } from "../../k8s/constructs/network-peers.ts";
import { podSourcesOf } from "../../plan/model/pods.ts";
import { pick, render, schemaFaults } from "./objects.ts";

const props: ScheduledJobProps = {
  namespace: "application",
  name: "report",
  image: "registry.example/report:v1.0.0",
  version: "v1.0.0",
  placement: { pool: "application", spreadOver: ["kubernetes.io/hostname"] },
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  schedule: "0 3 * * 1-5",
  deadline: 600,
};
const job = (changes: Partial<ScheduledJobProps> = {}): ReturnType<typeof render> =>
  render((layer) => new ScheduledJob(layer, "report", { ...props, ...changes }));
const { spec } = pick(job(), "CronJob");

test("a scheduled job is these objects, and they pass the schemas of Kubernetes", async () => {
  expect(job().map(({ kind, metadata }) => [kind, metadata.name])).toEqual(
    ["CronJob", "NetworkPolicy", "ServiceAccount"].map((kind) => [kind, "report"]),
  );
  expect(await schemaFaults(job())).toEqual([]);
});

test("by default runs do not overlap, a missed one starts within five minutes, and three of each outcome are kept", () => {
  expect(spec).toMatchObject({
    schedule: "0 3 * * 1-5",
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 300,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
  });
  expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 600, backoffLimit: 2 });
});

test("what its props say replaces each default", () => {
  const changed = pick(
    job({
      timeZone: "Europe/Paris",
      concurrency: "Replace",
      history: { succeeded: 1, failed: 5 },
      startWithin: 60,
      attempts: 0,
      suspended: true,
    }),
    "CronJob",
  );
  expect(changed.spec).toMatchObject({
    timeZone: "Europe/Paris",
    concurrencyPolicy: "Replace",
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 5,
    startingDeadlineSeconds: 60,
    suspend: true,
  });
  expect(spec).not.toHaveProperty("suspend");
  expect(changed.spec.jobTemplate.spec.backoffLimit).toBe(0);
});

test("its policy lets its pods out to where it says, and nobody in", () => {
  const peers = [workload("application", "api")];
  const { spec: policy } = pick(job({ to: [{ peers, ports: [{ protocol: "TCP" }] }] }), "NetworkPolicy");
  expect(policy.podSelector.matchLabels).toEqual({ "app.kubernetes.io/name": "report" });
  expect(policy).not.toHaveProperty("ingress");
  expect(policy.egress[1].to).toEqual(peers);
});

test("a plan packs its pods", () => {
  const [source] = podSourcesOf(job());
  expect(source).toMatchObject({
    name: "report",
    requests: { cpu: 100 },
    labels: { "app.kubernetes.io/name": "report" },
  });
});

describe("its schedule", () => {
  test.each(["*/5 * * * *", "0 0 1,15 JAN-MAR MON", "@daily"])("may be '%s'", (schedule) => {
    expect(() => job({ schedule })).not.toThrow();
  });
  test.each(["", "daily", "@reboot", "* * * *", "TZ=UTC 0 3 * * *", "every day at 3 am"])(
    "may not be '%s'",
    (schedule) => {
      expect(() => job({ schedule })).toThrow("services/report: 'schedule' is");
    },
  );
  test("needs ten seconds to start, for the controller looks that often", () => {
    expect(() => job({ startWithin: 9 })).toThrow("services/report: 'startWithin' is 9");
  });
});

test("containers that the caller adds keep the restricted level", () => {
  const sidecar = { name: "proxy", image: "registry.example/proxy:v1.0.0", resources: props.resources };
  expect(() => job({ sidecars: [{ ...sidecar, securityContext: { privileged: true } }] })).toThrow("'privileged'");
});
