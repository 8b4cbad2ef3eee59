import { RECEIVERS } from "./facts.ts";
import { type Receivers, receiversOf } from "./options.ts";

/** Takes alerts of severities that no receiver is named for: Alertmanager shows them, and tells nobody. */
const NOBODY = "nobody";

/** How long the first alert of a group waits for others, and how often a group that still fires is sent again. */
const timing: Readonly<Record<keyof Receivers, Readonly<Record<string, string>>>> = {
  page: { group_wait: "30s", group_interval: "5m", repeat_interval: "4h" },
  ticket: { group_wait: "5m", group_interval: "15m", repeat_interval: "24h" },
  // A dead man's switch should wait for three of them.
  heartbeat: { group_wait: "0s", group_interval: "1m", repeat_interval: "1m" },
};

/** What people read: each alert's summary and where its runbook is. */
const TEXT = "{{ range .Alerts }}{{ .Annotations.summary }} ({{ .Annotations.runbook_url }})\n{{ end }}";
const TITLE = "{{ .Status | toUpper }}: {{ .GroupLabels.alertname }} {{ .CommonLabels.service }}";

/** Each reads its URL or key from a file with every notification. */
const integrations = {
  webhook: (file: string) => ({ webhook_configs: [{ url_file: file, send_resolved: true }] }),
  slack: (file: string) => ({ slack_configs: [{ api_url_file: file, send_resolved: true, title: TITLE, text: TEXT }] }),
  pagerduty: (file: string) => ({
    pagerduty_configs: [{ routing_key_file: file, send_resolved: true, description: TITLE, details: { alerts: TEXT } }],
  }),
} as const;

/**
 * Alertmanager's configuration: a route for each severity that has a receiver. A page silences the tickets of its service, which
 * would tell of the same fault.
 */
export function configurationOf(receivers: Receivers): object {
  const sent = receiversOf(receivers);
  return {
    route: {
      receiver: NOBODY,
      group_by: ["namespace", "service", "alertname"],
      routes: sent.map(([severity]) => ({
        receiver: severity,
        matchers: [`severity="${severity}"`],
        ...timing[severity],
      })),
    },
    inhibit_rules: [
      {
        source_matchers: ['severity="page"'],
        // Two alerts that lack a label count as equal in it.
        target_matchers: ['severity="ticket"', 'service!=""'],
        equal: ["service"],
      },
    ],
    receivers: [
      { name: NOBODY },
      ...sent.map(([severity, kind]) => ({ name: severity, ...integrations[kind](`${RECEIVERS.folder}/${severity}`) })),
    ],
  };
}
