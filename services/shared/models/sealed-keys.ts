import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { UserError } from "../../../platform/faults.ts";
import { SEALING_KEYS } from "./contract.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Characters of the shortest key: 32 bytes in base64url. */
const MIN_KEY_LENGTH = 43;

/** A secret that is encrypted with AES-256-GCM: nonce, tag and ciphertext. */
export interface SealedKey {
  /** Names the key under which it is sealed. It is made from that key, which it does not reveal. */
  readonly keyId: string;
  readonly sealed: Buffer;
}

/** Where a sealed key belongs. It opens nowhere else, so that a row's key is of no use in another row. */
export interface SealedPlace {
  readonly tenant: string;
  /** Of a custom model, or `webhook/<id>`: no name of a model has a slash. */
  readonly name: string;
}

/** Seals and opens with the keys of a file, which is read each time: a rotated file needs no restart. */
export class SealingKeys {
  /** `read` returns the file's text. */
  constructor(private readonly read: () => string) {}

  /** Ids of the keys that only open. */
  get older(): string[] {
    return this.#keys().slice(1).map(idOf);
  }

  /** Seals under the first key. Throws a UserError that names the file and the line, and never a key. */
  seal(secret: string, place: SealedPlace): SealedKey {
    const [key] = this.#keys() as [string, ...string[]];
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, cipherKeyOf(key), nonce).setAAD(contextOf(place));
    const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return { keyId: idOf(key), sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]) };
  }

  /** Opens under the key that it names. Throws when no line has that key, and when anything was changed. */
  open({ keyId, sealed }: SealedKey, place: SealedPlace): string {
    const key = this.#keys().find((each) => idOf(each) === keyId);
    if (key === undefined)
      throw new UserError(`${SEALING_KEYS}: no line has the key '${keyId}'. Put it back under the others.`);
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv(CIPHER, cipherKeyOf(key), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(contextOf(place)).setAuthTag(tag);
    return decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  }

  #keys(): string[] {
    const keys = this.read()
      .trim()
      .split(/\s*\r?\n\s*/);
    const short = keys.findIndex((key) => key.length < MIN_KEY_LENGTH);
    if (short < 0) return keys;
    throw new UserError(
      `${SEALING_KEYS}, line ${short + 1}: a key must have at least ${MIN_KEY_LENGTH} characters. Make one with 'openssl rand -hex 32'.`,
    );
  }
}

const idOf = (key: string): string => createHash("sha256").update(`kid ${key}`).digest("base64url").slice(0, 16);

/** The file has text of any length; the cipher takes 256 bits. */
const cipherKeyOf = (key: string): Buffer => Buffer.from(hkdfSync("sha256", key, "", "custom models", 32));

const contextOf = ({ tenant, name }: SealedPlace): Buffer => Buffer.from(JSON.stringify([tenant, name]));
