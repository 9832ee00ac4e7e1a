import Ajv2020 from "ajv/dist/2020";
import { expect } from "chai";
import { STATUSES } from "../../components/message-store/status";
import { ERROR_CODES } from "../../components/realtime-gateway/frames";
import { formatted, PAGES } from "../../docs/generate";
import { ISSUER_PATH } from "../../local/issuer";
import type { StackFile } from "../../local/stack-file";
import { filesBelow, firstCells, textOf } from "./pages";

describe("Reference pages", () => {
  for (const [file, page] of Object.entries(PAGES)) {
    it(`${file} is what npm run docs writes`, async () => {
      const current = await formatted(file, page());
      expect(textOf(file) === current, `${file} is out of date: run npm run docs`).to.equal(true);
    }).timeout(60_000);
  }

  it("the dependencies page names exactly the packages of package.json", () => {
    const manifest = JSON.parse(textOf("package.json")) as Record<string, Record<string, string> | undefined>;
    const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    const declared = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
    expect(firstCells("docs/reference/dependencies.md")).to.have.members(declared);
  });

  it("the page of the local API names exactly the routes that there are", () => {
    const source = textOf("local/console/routes.ts");
    const fixed = [...source.matchAll(/case ["`]((?:GET|POST) [^"`]+)["`]/g)].map(([, route = ""]) =>
      route.replace("${ISSUER_PATH}", ISSUER_PATH),
    );
    const [, actions = ""] = /inbox\\\/\(\[\^\/\]\+\)\(\?:\\\/\(([a-z|]+)\)\)\?/.exec(source) ?? [];
    const posts = ["simulate"];
    const ofMails = actions
      .split("|")
      .map((action) => `${posts.includes(action) ? "POST" : "GET"} /_local/inbox/{id}/${action}`);
    const documented = firstCells("docs/reference/local-api.md").filter((cell) => /^(GET|POST) /.test(cell));
    expect(documented).to.have.members([...fixed, "GET /_local/inbox/{id}", ...ofMails]);
  });

  it("the page of statuses names every status of a message and every error code of a frame", () => {
    const page = textOf("docs/reference/statuses-and-reasons.md");
    for (const name of [...STATUSES, ...Object.keys(ERROR_CODES)]) expect(page).to.contain(`\`${name}\``);
  });

  it("the page of commands names every option of every command", () => {
    const page = textOf("docs/reference/cli.md");
    const sources = filesBelow("local/cli").filter((file) => file.endsWith(".ts"));
    const options = sources.flatMap((file) => [...textOf(file).matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name));
    expect(options).to.include("--port");
    for (const option of options) if (option !== "--help") expect(page).to.contain(`\`${String(option)}`);
  });

  it("the schema of .local/stack.json admits what a stack writes, and nothing else", () => {
    const validate = new Ajv2020({ strict: true }).compile(
      JSON.parse(textOf("docs/reference/stack.schema.json")) as object,
    );
    const stack: StackFile = {
      version: 1,
      pid: 4711,
      startedAt: "2026-11-21T15:03:19.579Z",
      endpoint: "http://127.0.0.1:4566",
      region: "us-east-1",
      accountId: "123456789012",
      operator: { accessKeyId: "AKIA", secretAccessKey: "secret" },
      outputs: { url: "ws://127.0.0.1:4567/live" },
      websocket: {
        url: "ws://127.0.0.1:4567/live",
        protocol: "games-messaging.v1",
        tokenPrefix: "bearer.",
        actions: ["hello"],
      },
      inbox: "http://127.0.0.1:4566/inbox",
      console: "http://127.0.0.1:4566/",
      players: [{ id: "ada", name: "Ada", email: "ada@players.test", token: "e30.e30." }],
    };
    expect(validate(stack), JSON.stringify(validate.errors)).to.equal(true);
    for (const member of Object.keys(stack)) {
      expect(validate({ ...stack, [member]: undefined }), `without ${member}`).to.equal(false);
    }
    expect(validate({ ...stack, more: 1 })).to.equal(false);
  });
});
