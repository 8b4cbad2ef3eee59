import { validPorts } from "../../proofs/valid-ports.ts";
import { container, testProof } from "./damage.ts";

testProof(validPorts, [
  [
    "a port that pods do not open",
    "Service",
    "worker",
    ({ spec }) => (spec.ports[0].targetPort = "web"),
    /leads to port 'web' of Deployment application\/worker, which it does not open/,
  ],
  [
    "another number than the pods'",
    "Service",
    "worker",
    ({ spec }) => (spec.ports[0].port = 80),
    /its port 80 leads to 8081/,
  ],
  [
    "another name than the pods'",
    "Service",
    "worker",
    ({ spec }) => (spec.ports[0].name = "web"),
    /calls port 8081 'web', and Deployment application\/worker calls it 'health'/,
  ],
  [
    "a probe of a closed port",
    "Deployment",
    "worker",
    (manifest) => (container(manifest).livenessProbe.httpGet.port = "web"),
    /is probed on 'web', which it does not open/,
  ],
]);
