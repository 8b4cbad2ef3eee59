import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

/** The hosts of the certificate. It is its own authority, and no one else's: its key is here for anyone to read. */
export const HOSTS = ["models.example", "other.example"] as const;

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBtDCCAVmgAwIBAgIUYaFDFoKe6OQMDHU2zN8FpZ1zl18wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObW9kZWxzLmV4YW1wbGUwIBcNMjYxMTI5MTIzOTA5WhgPMjEy
NjExMDUxMjM5MDlaMBkxFzAVBgNVBAMMDm1vZGVscy5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE+hHJdAd+gRD4nqQRD2uAmBNJJbDa/l/znTITy0gV
OIi8/M0LYQ3JT5VAPQTpM/+R3tD5fVKqs7XvSHjFAUTDGaN9MHswHQYDVR0OBBYE
FMMxedDkkysmLYAgYjWFCwSH+7AXMB8GA1UdIwQYMBaAFMMxedDkkysmLYAgYjWF
CwSH+7AXMA8GA1UdEwEB/wQFMAMBAf8wKAYDVR0RBCEwH4IObW9kZWxzLmV4YW1w
bGWCDW90aGVyLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhAMDwPDoQ4vxtP9KR
Wig778+OcDHgTcBClLN2S3p1gnchAiEAuKHDfN0gdH0ZB8uSNEVLFgg+yWx4FOS+
u9x1NBG1Ay0=
-----END CERTIFICATE-----`;

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkdhz9wv3fhtj9LRz
BxsitlRYeLtjVVtjZKRrOMwNrVahRANCAAT6Ecl0B36BEPiepBEPa4CYE0klsNr+
X/OdMhPLSBU4iLz8zQthDclPlUA9BOkz/5He0Pl9Uqqzte9IeMUBRMMZ
-----END PRIVATE KEY-----`;

export interface TlsOrigin {
  readonly port: number;
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

/** An HTTPS server on this machine, for one of the hosts. */
export async function startTlsOrigin(
  listener: RequestListener,
  { port = 0, address = "127.0.0.1" } = {},
): Promise<TlsOrigin> {
  const server = createServer({ key: KEY, cert: CERTIFICATE }, listener);
  await new Promise<void>((resolve) => {
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
