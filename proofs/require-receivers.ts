import { parse } from "yaml";
import { count } from "../platform/count.ts";
import { groupBy } from "../platform/group-by.ts";
import { appliedObjects } from "../plan/model/applied.ts";
import { describeObject, type KubernetesObject } from "../plan/model/kubernetes.ts";
import { KnownObjects } from "../plan/model/known-objects.ts";
import type { Plan } from "../plan/model/plan.ts";
import { queriesOf, type Query } from "../plan/model/queries.ts";
import { type AlertConfiguration, integrationsOf, routesOf } from "./evaluation/alert-routes.ts";
import { secondsOf } from "./evaluation/durations.ts";
import { usageOf } from "./evaluation/promql-usage.ts";
import type { Proof } from "./proof.ts";

interface AlertmanagerSpec {
  readonly configSecret?: string;
  readonly secrets?: readonly string[];
}

/** An Alertmanager, and its configuration if the plan has it. */
interface Sender {
  readonly object: KubernetesObject;
  readonly configuration: AlertConfiguration | undefined;
}

/** Where the operator mounts the Secrets that an Alertmanager lists. */
const SECRETS_FOLDER = "/etc/alertmanager/secrets";
/** Seconds between heartbeats: services that wait for them take minutes. */
const MAX_HEARTBEAT = 300;

export const requireReceivers: Proof = {
  name: "require-receivers",
  claim:
    "In a protected environment, every alert is sent to a receiver, a heartbeat tells that alerts are delivered, and receivers read only mounted secrets.",
  examine(plan) {
    const senders = sendersOf(plan);
    const alerts = queriesOf(plan.objects.map(({ manifest }) => manifest)).filter(({ alert }) => alert);
    const files = senders.flatMap((sender) => fileFailures(sender, plan));
    if (!plan.expected.cloud.protect) return { evidence: ["not protected: nobody has to be told"], failures: files };
    return {
      evidence: [`${count(alerts.length, "alert")}, sent by ${count(senders.length, "Alertmanager")}`],
      failures: [...files, ...unsentFailures(alerts, senders), ...heartbeatFailures(alerts, senders)],
    };
  },
};

function sendersOf(plan: Plan): Sender[] {
  const objects = appliedObjects(plan).map(({ object }) => object);
  return objects
    .filter(({ kind }) => kind === "Alertmanager")
    .map((object) => {
      const { configSecret } = (object.spec ?? {}) as AlertmanagerSpec;
      const secret = objects.find(
        ({ kind, metadata }) =>
          kind === "Secret" && metadata.name === configSecret && metadata.namespace === object.metadata.namespace,
      ) as { readonly stringData?: Readonly<Record<string, string>> } | undefined;
      const text = secret?.stringData?.["alertmanager.yaml"];
      return { object, configuration: text === undefined ? undefined : (parse(text) as AlertConfiguration) };
    });
}

/** How often the alert is sent to receivers that send anything: never where there are none. */
function intervalsOf({ alert, labels }: Query, { configuration }: Sender): number[] {
  if (!configuration) return [];
  const { route, receivers } = configuration;
  return routesOf(route, { ...labels, alertname: alert?.name ?? "" })
    .filter(({ receiver }) => integrationsOf(receivers.find(({ name }) => name === receiver)).length > 0)
    .map(({ repeat_interval = "4h" }) => secondsOf(repeat_interval));
}

const isSent = (alert: Query, senders: readonly Sender[]): boolean =>
  senders.some((sender) => intervalsOf(alert, sender).length > 0);

/** Alerts of one severity have one receiver, so one failure tells of them all. */
function unsentFailures(alerts: readonly Query[], senders: readonly Sender[]): string[] {
  const unsent = alerts.filter((alert) => !isSent(alert, senders));
  return [...groupBy(unsent, ({ labels }) => labels["severity"] ?? "")].map(([severity, same]) => {
    const others = same.length > 1 ? ` and ${count(same.length - 1, "other alert")}` : "";
    return `${same[0]?.by ?? ""}${others} of severity '${severity}': sent to nobody. Name a receiver for '${severity}'.`;
  });
}

/** What always fires, and is sent often. */
function heartbeatFailures(alerts: readonly Query[], senders: readonly Sender[]): string[] {
  const beats = alerts.filter(({ expression, alert }) => usageOf(expression).uses.length === 0 && !alert?.for);
  const beaten = beats.some((beat) =>
    senders.some((sender) => intervalsOf(beat, sender).some((seconds) => seconds <= MAX_HEARTBEAT)),
  );
  return beaten
    ? []
    : [
        `No alert always fires and is sent every ${MAX_HEARTBEAT} s or more often: if alerting stops, nobody notices. Name a receiver for heartbeats.`,
      ];
}

/** A file that no Secret has fails with each notification. */
function fileFailures({ object, configuration }: Sender, plan: Plan): string[] {
  const known = new KnownObjects(plan);
  const { secrets = [] } = (object.spec ?? {}) as AlertmanagerSpec;
  const { namespace } = object.metadata;
  const isMounted = (file: string): boolean => {
    const [secret = "", key = ""] = file.replace(`${SECRETS_FOLDER}/`, "").split("/");
    const found = known.find({ group: "", kind: "Secret", name: secret, namespace });
    return file.startsWith(SECRETS_FOLDER) && secrets.includes(secret) && (found?.keys ?? []).includes(key);
  };
  return (configuration?.receivers ?? [])
    .flatMap((receiver) => integrationsOf(receiver).map((integration) => ({ receiver, integration })))
    .flatMap(({ receiver, integration }) => {
      const files = Object.entries(integration).filter(([field]) => field.endsWith("_file"));
      if (files.length === 0)
        return [`${describeObject(object)}: receiver '${receiver.name}' reads no secret. Name a file.`];
      return files
        .filter(([, file]) => !isMounted(String(file)))
        .map(
          ([field, file]) =>
            `${describeObject(object)}: ${field} of receiver '${receiver.name}' names ${String(file)}, which no mounted Secret has. Mount it.`,
        );
    });
}
