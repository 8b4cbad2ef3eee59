import { ownServices } from "../../local/platform.ts";
import { consoleService } from "../../services/console/service.ts";
import { bundleForRun } from "../services/programs.ts";

/** For a run of tests in a browser: bundles the console with its pages, too. */
export const setup = (): Promise<() => void> => bundleForRun([...ownServices, consoleService]);
