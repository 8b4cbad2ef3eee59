import { randomInt } from "node:crypto";

/** 0 to 1, both not. */
export const randomShare = (): number => randomInt(1, 1_000) / 1_000;
