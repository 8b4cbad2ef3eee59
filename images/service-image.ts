import { imageOf } from "../platform/names.ts";
import { NODE_USER } from "../platform/security-context.ts";
import { portsOf, type Service } from "../platform/service.ts";
import type { Environment } from "../platform/environment.ts";
import type { ImageConfig } from "./oci-layout.ts";

/** Node.js in our images: the current LTS line, supported until 2028-04-30 (https://github.com/nodejs/release#release-schedule). */
export const NODE_VERSION = "24.22.3";
/** What Docker builds on. */
export const NODE_IMAGE = `docker.io/library/node:${NODE_VERSION}-bookworm-slim`;

/** The folder of a service's program in its image. */
export const APP = "/app";
export const MAIN = "main.js";

/** Bytes of a program with its source map, and of an image with its base, uncompressed. More is refused: it slows each start. */
export const limits = { app: 24 * 2 ** 20, image: 256 * 2 ** 20 } as const;

/** The image of a service. Docker and the layout writer make the same of it. */
export interface ServiceImage {
  readonly service: string;
  /** `registry/service:version`, as the manifests say it. */
  readonly name: string;
  readonly config: Required<Omit<ImageConfig, "cmd">>;
}

/** What environments say of a release's images. */
export type ReleaseSource = Pick<Environment, "release" | "gitops">;

/** The image of a service, from its descriptor and a release. `revision` is the commit it is built from, if that is known. */
export function describeImage(service: Service, source: ReleaseSource, revision?: string): ServiceImage {
  return {
    service: service.name,
    name: imageOf(source, service.name),
    config: {
      entrypoint: ["node", "--enable-source-maps", `${APP}/${MAIN}`],
      env: { NODE_ENV: "production" },
      user: `${NODE_USER}:${NODE_USER}`,
      workdir: APP,
      ports: portsOf(service)
        .map(([, port]) => port)
        .toSorted((one, other) => one - other),
      labels: {
        "org.opencontainers.image.title": service.name,
        "org.opencontainers.image.version": source.release.version,
        "org.opencontainers.image.source": source.gitops.repository,
        "org.opencontainers.image.licenses": "Apache-2.0",
        ...(revision !== undefined && { "org.opencontainers.image.revision": revision }),
      },
    },
  };
}
