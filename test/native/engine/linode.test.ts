import { describeLife } from "./life.ts";

describeLife("production-lke", {
  "more nodes": { "pools.application.nodes": { min: 4, max: 12 } },
  "another machine for a pool, in place": { "pools.gpu.needs": { vcpu: 16, memory: "64Gi", gpus: 1 } },
  "other machines, as the next generation": {
    "pools.application.generation": 2,
    "pools.application.type": "g6-standard-16",
    "pools.application.retiring": { type: "g6-standard-8", nodes: { min: 4, max: 12 } },
  },
  "the earlier generation gone": { "pools.application.retiring": undefined },
  "another network for administrators": { "kubernetes.access": ["198.51.100.0/24"] },
  "a larger database": { "database.needs": { vcpu: 8, memory: "32Gi" } },
  "a restored server beside it": {
    "database.restoreFrom": { generation: 2, pointInTime: "2026-11-30T02:15:00Z", of: "123456" },
  },
  "no restored server": { "database.restoreFrom": undefined },
  "another mailbox": { contact: "other@promptops.io" },
  "more memory for the cache": { "addons.valkey": { memory: "2Gi", storage: "10Gi" } },
  "another version": { "release.version": "v0.2.0" },
  "another repository": { "gitops.repository": "https://github.com/promptops/other" },
  "a sync by itself": { "gitops.automaticSync": true },
  "no queue": { "addons.rabbitmq": undefined },
  "no protection": { protect: false },
});
