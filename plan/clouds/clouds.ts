import type { Cloud } from "../../platform/clouds.ts";
import { aws } from "./aws.ts";
import { linode } from "./linode.ts";
import { local } from "./local.ts";
import type { CloudReader } from "./reader.ts";

export const cloudReaders: Readonly<Record<Cloud, CloudReader>> = { aws, linode, local };
