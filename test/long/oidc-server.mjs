import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

/**
 * An OIDC issuer as a process: `node oidc-server.mjs <port> <accounts as JSON>`. Who is named by `login_hint` is logged in without being asked.
 * Each start has another key.
 */
const [port, accounts] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const client = (id) => ({
  client_id: id,
  redirect_uris: ["https://app.example.com/callback"],
  token_endpoint_auth_method: "none",
  id_token_signed_response_alg: "ES256",
});

const server = createServer();
server.listen(port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("promptops"), client("other")],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: String(Date.now()) }] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["organization", "realm_access"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["a key of the tests"] },
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  });
  provider.use(async (context, next) => {
    if (!context.path.startsWith("/interaction/")) return next();
    const { params } = await provider.interactionDetails(context.req, context.res);
    const login = { accountId: params.login_hint };
    context.respond = false;
    await provider.interactionFinished(context.req, context.res, { login });
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
