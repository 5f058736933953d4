// A provider for people to sign in by, on a free port of this machine, until its input
// ends: node oidc.mjs REDIRECT_URI. It prints its issuer. Any password will do.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const accounts = {
  ann: { email: "Ann@acme.example", email_verified: true },
  mallory: { email: "ann@acme.example", email_verified: true }, // who has Ann's address now
  pat: { email: "pat@acme.example", email_verified: false },
  zoe: { email: "zoe@acme.example", email_verified: true }, // who does not work here
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "parley", client_secret: "a-secret-of-the-test", redirect_uris: [process.argv[2]] }],
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ["a key of the test"] },
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit());
