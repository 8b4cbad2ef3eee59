import { describeLife } from "./life.ts";

describeLife("development", {
  "another machine": { "pools.application.needs": { vcpu: 6, memory: "12Gi" } },
  "more nodes": { "pools.application.nodes": { min: 4, max: 4 } },
  "another version": { "release.version": "v0.2.0" },
  "another repository": { "gitops.repository": "https://github.com/promptops/other" },
  "a sync by hand": { "gitops.automaticSync": false },
  "a cache": { "addons.valkey": { memory: "1Gi", storage: "1Gi" } },
});
