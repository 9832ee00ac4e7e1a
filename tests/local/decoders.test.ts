import { expect } from "chai";
import fc from "fast-check";
import { AwsError } from "../../local/aws-error";
import { readOptions, readInteger } from "../../local/cli/options";
import { CliError } from "../../local/cli/errors";
import { routeKeyOf } from "../../local/services/apigateway/select-route";
import { readUtility } from "../../local/services/athena/sql/utility";
import { compileRule } from "../../local/services/cloudwatch/alarm-rule";
import { checkDashboard } from "../../local/services/cloudwatch/dashboard";
import { iterator, parseIterator } from "../../local/services/dynamodb/operations/shards";
import { readValue } from "../../local/services/dynamodb/validation/attribute-values";
import { inputFor, validateTargetInput } from "../../local/services/events/target-input";
import { failedPositions } from "../../local/services/lambda/mapping";
import { embeddedMetrics } from "../../local/services/logs/embedded-metrics";
import { textPerProtocol } from "../../local/services/sns/message";
import { parsePolicy, parseRedriveAllowPolicy, parseRedrivePolicy } from "../../local/services/sqs/attributes";
import { XrayEngine } from "../../local/services/xray/engine";
import { answersOrRefuses, anyText, json, name } from "./read-or-refuse";

const jsonText = fc.oneof(
  anyText,
  fc.json(),
  fc.tuple(fc.json(), fc.nat()).map(([text, n]) => text.slice(0, n)),
);

describe("What the local cloud reads", () => {
  describe("of expressions", () => {
    it("for routes finds what a walk through the message finds", () => {
      fc.assert(
        fc.property(name, name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), json), (outer, inner, value) => {
          const scalar = ["string", "number", "boolean"].includes(typeof value);
          const found = routeKeyOf(`$request.body.${outer}.${inner}`, JSON.stringify({ [outer]: { [inner]: value } }));
          expect(found).to.equal(scalar ? String(value) : undefined);
        }),
      );
      fc.assert(fc.property(anyText, jsonText, (expression, body) => routeKeyOf(expression, body) === undefined));
    });

    it("for composite alarms mean what the same expression means in JavaScript", () => {
      const states = { a: "ALARM", b: "OK", c: "INSUFFICIENT_DATA" } as const;
      const leaf = fc.oneof(
        fc.constantFrom("TRUE", "FALSE").map((word) => [word, word.toLowerCase()]),
        fc
          .tuple(
            fc.constantFrom("ALARM", "OK", "INSUFFICIENT_DATA"),
            fc.constantFrom("a", "b", "c"),
            fc.constantFrom('"', ""),
          )
          .map(([state, alarm, quote]) => [`${state}(${quote}${alarm}${quote})`, String(states[alarm] === state)]),
      );
      const rule = fc.letrec<{ node: string[] }>((tie) => ({
        node: fc.oneof(
          { depthSize: "small" },
          leaf,
          fc.tuple(tie("node"), tie("node")).map(([[a, x], [b, y]]) => [`(${a} AND ${b})`, `(${x} && ${y})`]),
          fc.tuple(tie("node"), tie("node")).map(([[a, x], [b, y]]) => [`(${a} OR ${b})`, `(${x} || ${y})`]),
          tie("node").map(([a, x]) => [`(NOT ${a})`, `(!${x})`]),
        ),
      })).node;
      fc.assert(
        fc.property(rule, ([text = "", script = ""]) => {
          // The text is made above, of four operators and two words.
          // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
          const expected = new Function(`return ${script}`)() as boolean;
          expect(compileRule(text)((alarm) => states[alarm as keyof typeof states])).to.equal(expected);
        }),
      );
      const near = fc
        .array(fc.constantFrom("ALARM", "(", ")", '"', "a", "AND", "OR", "NOT", "TRUE", " "))
        .map((words) => words.join(" "));
      fc.assert(fc.property(fc.oneof(anyText, near), (text) => answersOrRefuses(() => compileRule(text))));
    });

    it("for Athena's catalog are statements of the four kinds, or left to SQL", () => {
      const word = fc.constantFrom(
        "SHOW",
        "TABLES",
        "IN",
        "FROM",
        "COLUMNS",
        "DATABASES",
        "LIKE",
        "DESCRIBE",
        "`a b`",
        "'x*|(y'",
        "a.b",
        ";",
        "--",
        "\n",
      );
      fc.assert(
        fc.property(fc.array(word, { maxLength: 8 }), (words) => {
          const read = readUtility(words.join(" "));
          if (read) expect(/^\s*(--[^\n]*\n\s*)*(SHOW|DESCRIBE)/.test(words.join(" "))).to.equal(true);
        }),
      );
      fc.assert(
        fc.property(name, name, (database, table) => {
          const read = readUtility(`show columns in \`${table}\` from \`${database}\`;`);
          expect(read).to.include({
            kind: "SHOW_COLUMNS",
            database: database.toLowerCase(),
            table: table.toLowerCase(),
          });
        }),
      );
    });

    it("for inputs of targets fill JSON with JSON, whatever the event holds", () => {
      const event = { id: "1", "detail-type": "t", source: "s", account: "1", time: "t", region: "r", resources: [] };
      fc.assert(
        fc.property(json, (value) => {
          const target = {
            InputTransformer: { InputPathsMap: { v: "$.detail.v" }, InputTemplate: '{"v":<v>,"t":"is <v>"}' },
          };
          validateTargetInput(target);
          const made = inputFor(target, { ...event, detail: { v: value } } as never, {} as never);
          expect((JSON.parse(made) as { v: unknown }).v).to.deep.equal(JSON.parse(JSON.stringify(value ?? null)));
        }),
      );
      fc.assert(
        fc.property(anyText, fc.dictionary(name, anyText), (InputTemplate, InputPathsMap) =>
          answersOrRefuses(() => validateTargetInput({ InputTransformer: { InputTemplate, InputPathsMap } })),
        ),
      );
      fc.assert(fc.property(jsonText, (Input) => answersOrRefuses(() => validateTargetInput({ Input }))));
    });
  });

  describe("of documents", () => {
    it("is taken or refused, whatever it is", () => {
      const member = fc.constantFrom(
        "deadLetterTargetArn",
        "maxReceiveCount",
        "redrivePermission",
        "sourceQueueArns",
        "default",
        "widgets",
        "type",
        "properties",
      );
      const near = fc.dictionary(member, json).map((value) => JSON.stringify(value));
      fc.assert(
        fc.property(fc.oneof(jsonText, near), (text) => {
          answersOrRefuses(() => parsePolicy(text));
          answersOrRefuses(() => parseRedrivePolicy(text));
          answersOrRefuses(() => parseRedriveAllowPolicy(text));
          answersOrRefuses(() => textPerProtocol({ MessageStructure: "json", Message: text }));
          answersOrRefuses(() => checkDashboard("board", text));
        }),
        { numRuns: 300 },
      );
    });

    it("as an answer for a batch names failures by position, or fails the whole batch", () => {
      const identifiers = ["record-1", "record-2", "record-3", "record-4"];
      fc.assert(
        fc.property(fc.subarray(identifiers), (failed) => {
          const payload = JSON.stringify({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
          const positions = failedPositions({ failed: false, payload }, identifiers, true);
          expect(positions.map((at) => identifiers[at])).to.deep.equal(failed);
        }),
      );
      const answer = fc.oneof(
        json,
        fc.record({ batchItemFailures: fc.oneof(json, fc.array(fc.oneof(json, fc.record({ itemIdentifier: json })))) }),
      );
      fc.assert(
        fc.property(answer, (value) => {
          const positions = failedPositions({ failed: false, payload: JSON.stringify(value) }, identifiers, true);
          expect([0, 4]).to.include(positions.length);
        }),
      );
    });

    it("as a line of a log has metrics of its format, or none", () => {
      const directive = fc.oneof(
        json,
        fc.record({ Namespace: json, Dimensions: json, Metrics: fc.oneof(json, fc.array(json)) }),
      );
      fc.assert(
        fc.property(fc.oneof(json, fc.array(directive)), (CloudWatchMetrics) => {
          for (const [namespace, metric, , value] of embeddedMetrics(
            JSON.stringify({ _aws: { CloudWatchMetrics }, a: 1 }),
          ))
            expect([typeof namespace, typeof metric, typeof value]).to.deep.equal(["string", "string", "number"]);
        }),
        { examples: [[[null]], [[{ Namespace: "n", Metrics: [null] }]]] },
      );
      fc.assert(fc.property(jsonText, (line) => embeddedMetrics(line).length === 0));
    });

    it("as a segment of a trace is kept, or named as unprocessed", () => {
      const engine = new XrayEngine({} as never);
      fc.assert(
        fc.property(jsonText, (text) => {
          const problem = engine.put(text);
          expect(problem?.code).to.be.a("string");
        }),
      );
    });
  });

  describe("of DynamoDB", () => {
    it("as a shard iterator says where it stands; any other is refused", () => {
      const database = { stream: (arn: string) => ({ arn }) };
      fc.assert(
        fc.property(name, fc.nat(), (after, now) => {
          const read = parseIterator({ database } as never, iterator("arn:s", after, now));
          expect(read).to.deep.equal({ stream: { arn: "arn:s" }, after, madeAt: now });
        }),
      );
      const state = fc.oneof(
        anyText,
        json
          .filter((value) => !(Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number"))
          .map((value) => Buffer.from(JSON.stringify(value)).toString("base64")),
      );
      fc.assert(
        fc.property(state, (text) => {
          expect(() => parseIterator({ database } as never, `arn:s|1|${text}`)).to.throw(AwsError);
        }),
      );
    });

    it("as a value is taken or refused", () => {
      const value = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
          { depthSize: "small" },
          fc.record({ S: fc.string() }),
          fc.record({ N: fc.oneof(fc.string(), fc.double().map(String)) }),
          fc.record({ SS: fc.array(fc.string()) }),
          fc.record({ NS: fc.array(fc.oneof(fc.string(), fc.integer().map(String))) }),
          fc.record({ NULL: fc.boolean() }),
          fc.record({ L: fc.array(tie("value")) }),
          fc.record({ M: fc.dictionary(fc.string(), tie("value")) }),
          fc.record({ S: fc.string(), N: fc.string() }),
          fc.constant({}),
        ),
      })).value;
      fc.assert(fc.property(value, (one) => answersOrRefuses(() => readValue(one as never))));
    });
  });

  describe("of a command line", () => {
    it("is options of the command, or a sentence", () => {
      const word = fc.constantFrom(
        "--port",
        "--port=1",
        "--quiet",
        "-h",
        "--",
        "-1",
        "x",
        "--x",
        "--no-quiet",
        "-",
        "",
        "--port=",
      );
      fc.assert(
        fc.property(fc.array(word, { maxLength: 6 }), (args) => {
          try {
            const { values } = readOptions(args, { port: { type: "string" }, quiet: { type: "boolean" } }, "Usage", 1);
            readInteger("port", values.port, 0, 65_535);
          } catch (error) {
            expect(error).to.be.instanceOf(CliError);
          }
        }),
        { numRuns: 300 },
      );
      fc.assert(
        fc.property(fc.integer(), (value) => {
          const read = (): unknown => readInteger("n", String(value), 0, 100);
          if (value >= 0 && value <= 100) expect(read()).to.equal(value);
          else expect(read).to.throw(CliError);
        }),
      );
    });
  });
});
