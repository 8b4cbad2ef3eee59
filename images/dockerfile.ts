import { APP, NODE_IMAGE, type ServiceImage } from "./service-image.ts";

/** The folder of the program in the build context. */
export const CONTEXT_APP = "app";

/** The Dockerfile of an image. It runs nothing, so that one machine builds every architecture without emulation. */
export function dockerfile({ service, config }: ServiceImage): string {
  const { entrypoint, env, user, workdir, ports, labels } = config;
  const pairs = (record: Readonly<Record<string, string>>): string =>
    Object.entries(record)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(" \\\n  ");
  return [
    `# The image of '${service}', written by 'promptops image --docker'.`,
    `FROM ${NODE_IMAGE}`,
    `LABEL ${pairs(labels)}`,
    `ENV ${pairs(env)}`,
    `WORKDIR ${workdir}`,
    `COPY ${CONTEXT_APP}/ ${APP}/`,
    `USER ${user}`,
    `EXPOSE ${ports.join(" ")}`,
    `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    "",
  ].join("\n");
}
