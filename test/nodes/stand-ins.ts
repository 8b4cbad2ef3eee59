/** What takes the place of something real in these tests, and for what. test/nodes/README.md has the same list. */
export const standIns: Readonly<Record<string, string>> = {
  "three sets of Linux namespaces": "machines",
  "routes of one network namespace": "the cloud's network, and CNI plug-ins that do not route",
  "kube-network-policies behind an iptables rule": "the network plug-in's enforcement of policies",
  "tokens in a file": "the credentials of kubelets",
  "a program that listens on addresses of documentation, metadata and databases":
    "the internet, the metadata service and managed databases",
  "programs that listen on a workload's ports with its labels":
    "the workloads of production, when connections are asked for",
  "this computer's Node.js in our images": "Node.js' official image",
  "Debian's PostgreSQL 15 with bash and psql": "CloudNativePG's pods and the official Postgres image",
  "Secrets with random credentials": "the secret store and External Secrets",
  "a route through the first node, with a policy that admits it": "the gateway, which development has none of",
  "the order of waves in a loop": "Argo CD",
  "programs of Prometheus v3.15.1 and its operator v0.85.0, without a volume, in the images that the chart names":
    "Prometheus v3.14.0 and its operator v0.93.1",
  "a pod with Grafana's labels that runs Node.js": "Grafana",
  "calls that follow the weight of an Ingress that nobody serves": "the gateway, and Argo Rollouts' plug-in for it",
  "intervals, pauses and windows that are ten times shorter":
    "those of ServiceMonitors, Rollouts and AnalysisTemplates",
  "latency objectives of ten seconds": "the API's latency objectives, which a busy computer would violate",
};
