import * as pulumi from "@pulumi/pulumi";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { PackagingError, serialize } from "../../components/shared/packaging";
import type { Factory } from "./helpers/forms";

const EXPECTED = "expected plain data, plain functions, outputs and namespaces of modules.";
const INSIDE = "Make it inside the factory, where it is made once per container.";
const CLASS_FIX =
  "Use functions over plain data; capture a library's class through the namespace of its module (import * as).";
const RESOURCE_FIX = "Hoist the outputs that the function needs to constants and capture those.";

class Cache {
  entries = 0;
}
class NotFound extends Error {}
class Hidden {
  #secret = 1;
  read(): number {
    return this.#secret;
  }
}
class Game extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Game", "chess");
  }
}

async function refusal(factory: Factory): Promise<string> {
  try {
    await serialize("gateway-connect", factory);
  } catch (error) {
    expect(error).to.be.instanceOf(PackagingError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

describe("Packaging", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
      call: () => ({}),
    });
  });

  describe("refuses, naming the function, the variable and the fix,", () => {
    const map = new Map([["a", 1]]);
    const set = new Set([1]);
    const date = new Date(0);
    const bytes = new Uint8Array(2);
    const buffer = Buffer.from("x");
    const symbol = Symbol("s");
    const url = new URL("https://example.test");
    const format = new Intl.NumberFormat("en");
    const error = new Error("x");
    const client = new DynamoDBClient({ region: "eu-west-1" });
    const instance = new Cache();
    const hidden = new Hidden();
    const list = Object.freeze([1]);
    const proxy = new Proxy({}, {});
    const environment = process.env;
    const settings = { limits: { cache: map } };
    const readCache = (): unknown => settings.limits.cache;
    const weak = new WeakMap();
    const sealed = Object.seal({ a: 1 });

    const cases: readonly (readonly [what: string, factory: Factory, variable: string, got: string, fix: string])[] = [
      ["a Map", () => () => map.get("a"), "map", "a Map", INSIDE],
      ["a Set", () => () => set.size, "set", "a Set", INSIDE],
      ["a WeakMap", () => () => weak.has({}), "weak", "a WeakMap", INSIDE],
      ["a Date", () => () => date.getTime(), "date", "a Date", INSIDE],
      ["a typed array", () => () => bytes[0], "bytes", "a Uint8Array", INSIDE],
      ["a Buffer", () => () => buffer.length, "buffer", "a Buffer", INSIDE],
      ["a Symbol", () => () => symbol, "symbol", "a Symbol", "Use a string."],
      ["a URL", () => () => url.href, "url", "a URL", INSIDE],
      ["an Intl formatter", () => () => format.format(1), "format", "an Intl.NumberFormat", INSIDE],
      ["an Error", () => () => error.message, "error", "an Error (Error)", INSIDE],
      ["a class with fields", () => () => new Cache(), "Cache", "the class Cache", CLASS_FIX],
      ["a class that extends Error", () => () => new NotFound(), "NotFound", "the class NotFound", CLASS_FIX],
      ["a class with private members", () => () => new Hidden(), "Hidden", "the class Hidden", CLASS_FIX],
      ["an instance of a class", () => () => instance.entries, "instance", "an instance of the class Cache", INSIDE],
      ["an instance with private members", () => () => hidden.read(), "hidden", "an instance of the class Hidden", INSIDE],
      ["a client", () => () => client.send.length, "client", "a client of the AWS SDK (DynamoDBClient)", INSIDE],
      ["a frozen array", () => () => list[0], "list", "a frozen or sealed array, which would arrive unfrozen", "Capture a copy: [...list]."],
      ["a sealed object", () => () => sealed.a, "sealed", "a sealed object, which would arrive unsealed", "Capture a copy: { ...object }."],
      ["a Proxy", () => () => proxy, "proxy", "a Proxy", INSIDE],
      ["the deployer's environment", () => () => environment["HOME"], "environment", "process.env of the deploying process", "Read process.env in the handler."],
    ]; // prettier-ignore
    for (const [what, factory, variable, got, fix] of cases) {
      it(what, async () => {
        expect(await refusal(factory)).to.equal(
          `captured variable "${variable}" for "gateway-connect": got ${got}; ${EXPECTED} ${fix}`,
        );
      });
    }

    it("a component and a resource", async () => {
      const game = new Game();
      class Thing extends pulumi.CustomResource {}
      const custom = new Thing("test:index:Thing", "thing", {});
      expect(await refusal(() => () => game.urn)).to.equal(
        `captured variable "game" for "gateway-connect": got the component Game; ${EXPECTED} ${RESOURCE_FIX}`,
      );
      expect(await refusal(() => () => custom.id)).to.equal(
        `captured variable "custom" for "gateway-connect": got the resource Thing; ${EXPECTED} ${RESOURCE_FIX}`,
      );
    });

    it("what a captured function captures, with its path", async () => {
      expect(await refusal(() => () => readCache())).to.equal(
        `captured variable "settings.limits.cache" of function readCache for "gateway-connect": got a Map; ${EXPECTED} ${INSIDE}`,
      );
    });

    it("the module that declares", async () => {
      expect(await refusal(() => () => pulumi.getStack())).to.match(
        /^captured variable "pulumi" for "gateway-connect": got a module or object that exists only while deploying; /,
      );
    });

    it("a class as a handler", async () => {
      expect(await refusal(Cache as unknown as Factory)).to.match(
        /^handler for "gateway-connect": got the class Cache; /,
      );
    });

    it("an assignment to what is captured", async () => {
      let count = 0;
      expect(await refusal(() => () => ++count)).to.equal(
        'handler for "gateway-connect": got a function that assigns to the captured variable "count", of which it has a ' +
          'copy; expected functions that stand alone and only read what they capture. Declare "count" inside the factory.',
      );
    });

    it("a name that the serializer mistakes for an inner one", async () => {
      const n = 1;
      const factory = () => () => {
        const seen = [];
        for (let n = 0; n < 2; n++) seen.push(n);
        return [seen, n];
      };
      expect(await refusal(factory)).to.match(/^handler for "gateway-connect": .* uses "n" .* Rename the inner "n"\.$/);
    });

    it("a variable that the serializer mistakes for a global", async () => {
      const fetch = (): string => "ours";
      expect(await refusal(() => () => fetch())).to.equal(
        'captured variable "fetch" for "gateway-connect": got a variable named like a global of Node, which the ' +
          'serializer would use in its place; expected another name. Rename "fetch".',
      );
    });

    it("what the serializer itself refuses", async () => {
      const random = Math.random.bind(Math);
      expect(await refusal(() => () => random())).to.match(
        /^captured value for "gateway-connect": got what cannot be /,
      );
    });
  });
});
