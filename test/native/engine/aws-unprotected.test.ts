import { describeLife } from "./life.ts";

describeLife(
  "staging",
  {
    "other machines": { "pools.application.needs": { vcpu: 4, memory: "16Gi" } },
    "another database class": { "database.needs": { vcpu: 2, memory: "8Gi" } },
    "a registry, endpoints, and another standby region": {
      registry: {},
      "release.registry": "444455556666.dkr.ecr.eu-central-1.amazonaws.com/promptops-staging",
      "network.endpoints": ["sts"],
      "backups.standbyRegion": "us-east-1",
    },
    "fewer images, and no endpoints": { "registry.images": 50, "network.endpoints": undefined },
    "a CDN, and certificates by DNS records": { cdn: {}, "certificates.challenge": "dns-01" },
    "fewer requests from a client, and Shield Advanced": { cdn: { clientRate: 1000, shieldAdvanced: true } },
    "another mailbox": { contact: "other@promptops.io" },
    "no replica": { "database.readReplicas": undefined },
    "another domain": { domain: "rehearsal.promptops.io" },
    "no administrators": { "kubernetes.administrators": undefined },
    "no cache": { "addons.valkey": undefined },
    "another repository": { "gitops.repository": "https://github.com/promptops/other" },
    "a sync by hand": { "gitops.automaticSync": false },
    protection: { protect: true },
    "no protection again": { protect: false },
  },
  [
    [
      "one zone less",
      { zones: ["eu-central-1a", "eu-central-1b"] },
      /DependencyViolation: control-plane-eu-central-1c-/,
    ],
  ],
);
