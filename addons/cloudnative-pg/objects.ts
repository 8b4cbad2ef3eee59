import type { AddObjects } from "../../k8s/context.ts";
import {
  Cluster,
  ClusterSpecManagedRolesEnsure,
  ClusterSpecPrimaryUpdateStrategy,
  ClusterSpecResourcesLimits,
  ClusterSpecResourcesRequests,
} from "../../k8s/imports/postgresql.cnpg.io.ts";
import { inClusterConnections } from "../../platform/database.ts";
import { databaseAdmin, namespaces, storageClasses } from "../../platform/names.ts";
import { HOST_LABEL, nodesOf, placementOn, ZONE_LABEL } from "../../platform/placement.ts";
import { ADMINISTRATOR_SECRET, BACKUP_PLUGIN, CLUSTER, postgresImages } from "./facts.ts";

/** A primary and two replicas, one in each zone: a failover loses nothing that two of them had. */
const INSTANCES = { alone: 1, withStandby: 3 };

/** The Postgres server. */
export const addObjects: AddObjects = ({ environment, layers }, { cloud }) => {
  const { version, needs, storage, standby } = environment.database;
  const placement = placementOn(environment, "data");
  const instances = standby ? INSTANCES.withStandby : INSTANCES.alone;
  new Cluster(layers.data, "server", {
    metadata: { name: CLUSTER, namespace: namespaces.data },
    spec: {
      instances,
      imageName: postgresImages[version] ?? "",
      postgresql: { parameters: { max_connections: String(inClusterConnections(environment)) } },
      managed: {
        roles: [
          {
            name: databaseAdmin.username,
            ensure: ClusterSpecManagedRolesEnsure.PRESENT,
            login: true,
            createdb: true,
            createrole: true,
            passwordSecret: { name: ADMINISTRATOR_SECRET },
          },
        ],
      },
      storage: { size: storage, storageClass: storageClasses.fast, resizeInUseVolumes: true },
      resources: {
        requests: {
          cpu: ClusterSpecResourcesRequests.fromString("250m"),
          memory: ClusterSpecResourcesRequests.fromString(needs.memory),
        },
        limits: {
          cpu: ClusterSpecResourcesLimits.fromString(String(needs.vcpu)),
          memory: ClusterSpecResourcesLimits.fromString(needs.memory),
        },
      },
      affinity: {
        ...nodesOf(placement),
        enablePodAntiAffinity: true,
        podAntiAffinityType: "required",
        topologyKey: placement.spreadOver.includes(ZONE_LABEL) ? ZONE_LABEL : HOST_LABEL,
      },
      // A budget over a single instance would block every drain.
      enablePdb: instances > 1,
      enableSuperuserAccess: false,
      primaryUpdateStrategy: ClusterSpecPrimaryUpdateStrategy.UNSUPERVISED,
      ...(cloud.objectStorage !== false && {
        plugins: [{ name: BACKUP_PLUGIN, isWalArchiver: true, parameters: { barmanObjectName: CLUSTER } }],
      }),
    },
  });
};
