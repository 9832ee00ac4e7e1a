import { cbor } from "@smithy/core/cbor";
import { expect } from "chai";
import fc from "fast-check";
import { AwsError } from "../../../local/aws-error";
import { readCbor } from "../../../local/http/cbor";
import { readJson } from "../../../local/http/json";
import { readQuery } from "../../../local/http/query";
import { verify } from "../../../local/http/signature";
import type { Ports } from "../../../local/ports";
import type { HttpRequest } from "../../../local/service";
import { unchunk } from "../../../local/services/s3/chunked";
import { decode } from "../../../local/services/s3/wire";
import { document, parseBody } from "../../../local/services/s3/xml";
import { signed } from "./signed";
import { answersOrRefuses, anyText, json, name } from "../read-or-refuse";

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

describe("What the local front reads", () => {
  describe("of a request", () => {
    it("in CBOR comes back as it was written; any bytes are read or refused", () => {
      const value = fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())));
      fc.assert(
        fc.property(value, (one) => void expect(readCbor(Buffer.from(cbor.serialize(one)))).to.deep.equal(one)),
      );
      fc.assert(fc.property(anyBytes, (bytes) => answersOrRefuses(() => readCbor(bytes))));
    });

    it("in JSON is an object or refused", () => {
      fc.assert(
        fc.property(json, (value) => {
          const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
          const read = (): unknown => readJson(Buffer.from(JSON.stringify(value)));
          if (isObject) expect(read()).to.deep.equal(JSON.parse(JSON.stringify(value)));
          else expect(read).to.throw(AwsError).with.property("code", "SerializationException");
        }),
      );
      fc.assert(fc.property(anyBytes, (bytes) => answersOrRefuses(() => readJson(bytes))));
    });

    it("in a query's form nests by its paths, and no path reaches a prototype", () => {
      const scalar = fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 });
      const member = fc.string({ unit: fc.constantFrom(...Array.from("ABCabc")), minLength: 1, maxLength: 6 });
      const list = fc.array(fc.oneof(scalar, fc.dictionary(member, scalar, { minKeys: 1 })), { minLength: 1 });
      const input = fc.dictionary(
        member.filter((one) => !["member", "entry", "Action", "Version"].includes(one)),
        fc.oneof(scalar, list),
      );
      const written = (path: string, value: unknown): [string, string][] =>
        typeof value === "string"
          ? [[path, value]]
          : Array.isArray(value)
            ? value.flatMap((item, i) => written(`${path}.member.${i + 1}`, item))
            : Object.entries(value as object).flatMap(([key, item]) => written(`${path}.${key}`, item));
      fc.assert(
        fc.property(input, (one) => {
          const pairs = Object.entries(one).flatMap(([key, value]) => written(key, value));
          const read = readQuery(String(new URLSearchParams([["Action", "Do"], ...pairs])));
          expect(read).to.deep.equal({ action: "Do", input: one });
        }),
      );
      const part = fc.constantFrom(
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "a",
        "1",
        "member",
        "entry",
        "",
      );
      fc.assert(
        fc.property(fc.array(fc.array(part, { minLength: 1, maxLength: 4 })), (paths) => {
          readQuery(paths.map((path) => `${path.join(".")}=polluted`).join("&"));
          expect(({} as Record<string, unknown>)["a"]).to.equal(undefined);
        }),
      );
    });

    it("is signed as a whole: one that is changed anywhere, or signed by nobody, is refused", () => {
      const keys = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
      const iam = {
        lookUp: (id: string) => (id === keys.accessKeyId ? { ...keys, principal: { type: "operator" } } : undefined),
      } as unknown as Ports["iam"];
      const times = { now: 1e12, isVirtual: false };
      const request: HttpRequest = {
        ...{ method: "POST", path: "/a/b", query: "x=1&y=2", headers: { "x-amz-target": "T.Op" } },
        body: Buffer.from("{}"),
      };
      const good = signed(request, keys, "dynamodb", times.now);
      expect(verify(good, iam, times).service).to.equal("dynamodb");
      const change = fc.oneof(
        fc.constantFrom("GET", "PUT").map((method) => ({ ...good, method })),
        name.map((path) => ({ ...good, path: `/${path}/c` })),
        name.map((value) => ({ ...good, query: `x=${value}z` })),
        anyBytes.filter((body) => body.toString() !== "{}").map((body) => ({ ...good, body })),
        anyText.map((authorization) => ({ ...good, headers: { ...good.headers, authorization } })),
        name.map((target) => ({ ...good, headers: { ...good.headers, "x-amz-target": target } })),
        fc.nat(good.headers["authorization"]!.length - 1).map((at) => {
          const text = good.headers["authorization"]!;
          const authorization = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
          return { ...good, headers: { ...good.headers, authorization } };
        }),
      );
      fc.assert(
        fc.property(change, (one) => void expect(() => verify(one, iam, times)).to.throw(AwsError)),
        { numRuns: 300 },
      );
    });
  });

  describe("of S3's bodies", () => {
    it("in chunks is put together again, with its trailers; one that is cut is refused", () => {
      const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 5 });
      fc.assert(
        fc.property(chunks, fc.boolean(), fc.nat(), (parts, trailed, cut) => {
          const framed = parts.flatMap((part) => [
            Buffer.from(`${part.length.toString(16)}\r\n`),
            Buffer.from(part),
            Buffer.from("\r\n"),
          ]);
          const end = `0\r\n${trailed ? "x-amz-checksum-crc32: AAAAAA==\r\n" : ""}\r\n`;
          const whole = Buffer.concat([...framed, Buffer.from(end)]);
          const read = unchunk(whole);
          expect(read.body.equals(Buffer.concat(parts))).to.equal(true);
          expect(read.trailers).to.deep.equal(trailed ? { "x-amz-checksum-crc32": "AAAAAA==" } : {});
          const kept = cut % (whole.length - end.length + 1);
          expect(() => unchunk(whole.subarray(0, kept)))
            .to.throw(AwsError)
            .with.property("code", "IncompleteBody");
        }),
      );
      fc.assert(fc.property(anyBytes, (bytes) => answersOrRefuses(() => unchunk(bytes))));
    });

    it("in XML is read as it was written; any other is refused", () => {
      const text = fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
        .filter((one) => !/[\0-\x1f\x7f-\x9f\ufffe\uffff]/.test(one));
      const member = fc.string({ unit: fc.constantFrom(...Array.from("ABCabc")), minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(fc.dictionary(member, text, { minKeys: 1 }), (one) => {
          expect(parseBody(Buffer.from(document("Root", one)), [])).to.deep.include(one);
        }),
      );
      const near = fc.array(
        fc.constantFrom(
          "<a>",
          "</a>",
          "<b/>",
          "x",
          "&lt;",
          "&#0;",
          "<!--",
          "<![CDATA[",
          "]]>",
          "<?xml?>",
          "<!DOCTYPE a>",
        ),
      );
      fc.assert(
        fc.property(
          fc.oneof(
            anyText,
            near.map((parts) => parts.join("")),
          ),
          (body) => answersOrRefuses(() => parseBody(Buffer.from(body), ["a"])),
        ),
      );
    });

    it("and headers make members, none of them of a prototype", () => {
      const headers = fc.dictionary(
        fc.oneof(name, fc.constantFrom("range", "x-amz-meta-__proto__", "__proto__", "content-encoding")),
        fc.string(),
      );
      fc.assert(
        fc.property(headers, anyBytes, (given, body) => {
          const request = { method: "PUT", path: "/b/k", query: "max-keys=1&__proto__=x", headers: given, body };
          expect(Object.getPrototypeOf(decode(request, {}))).to.equal(Object.prototype);
        }),
      );
    });
  });
});
