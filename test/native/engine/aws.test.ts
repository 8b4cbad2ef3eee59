import { describeLife } from "./life.ts";

const application = { needs: { vcpu: 4, memory: "16Gi" }, spot: true };

describeLife("production", {
  "more nodes": { "pools.application": { ...application, nodes: { min: 6, max: 30 } } },
  "other machines, as the next generation": {
    "pools.data.generation": 2,
    "pools.data.needs": { vcpu: 8, memory: "32Gi" },
    "pools.data.retiring": { needs: { vcpu: 4, memory: "32Gi" }, nodes: { min: 3, max: 6 }, dedicated: true },
  },
  "the earlier generation gone": { "pools.data.retiring": undefined },
  "a larger database": { "database.needs": { vcpu: 4, memory: "16Gi" } },
  "more storage": { "database.storage": "200Gi" },
  "one replica less": { "database.readReplicas": ["eu-central-1b"] },
  "a longer recovery": { "database.pointInTimeRecoveryDays": 14 },
  "another administrator": { "kubernetes.administrators": ["arn:aws:iam::111122223333:role/other"] },
  "another network for administrators": { "kubernetes.access": ["198.51.100.0/24"] },
  "no spot nodes": { "pools.application": { ...application, nodes: { min: 3, max: 20 }, spot: false } },
  "another database add-on": { "addons.valkey": { memory: "2Gi", storage: "10Gi" } },
  "another version": { "release.version": "v0.2.0" },
});
