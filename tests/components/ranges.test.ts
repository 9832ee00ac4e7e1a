import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { checkArgs } from "../../components/email-dispatcher/arguments";
import { EmailDispatcher } from "../../components/email-dispatcher/email-dispatcher";
import { MessageStore } from "../../components/message-store/message-store";
import { settingsOf } from "../../components/realtime-gateway/arguments";
import { checkPipelineArgs } from "../../components/segment-pipeline/arguments";
import { checkedName } from "../../components/shared/arguments";
import { ArgumentError } from "../../components/shared/errors";
import { record } from "./declared";

/** An argument that is a whole number from `least` to `most`, by its path. */
type Range = readonly [path: string, least: number, most: number];

const GATEWAY: readonly Range[] = [
  ["auth.clockSkewSeconds", 0, 300],
  ["gracePeriodSeconds", 1, 600],
  ["throttling.burst", 1, 5_000],
  ["throttling.perSecond", 1, 10_000],
];
const STORE: readonly Range[] = [
  ["retentionDays", 1, 3_650],
  ["dueShards", 1, 8],
  ["types.season.priority", 0, 9],
];
const DISPATCHER: readonly Range[] = [
  ["holdSeconds", 120, 900],
  ["maximumConcurrency", 2, 1_000],
];
const PIPELINE: readonly Range[] = [
  ["refreshMinutes", 15, 8_640],
  ["maxDataAgeSeconds", 60, 31_536_000],
  ["maxScannedBytes", 10_485_760, Number.MAX_SAFE_INTEGER],
  ["enqueueConcurrency", 2, 1_000],
];

/** `args` with `value` at `path`. */
function withValue(args: object, path: string, value: unknown): object {
  const [head = "", ...rest] = path.split(".");
  const inner = (args as Record<string, object>)[head] ?? {};
  return { ...args, [head]: rest.length === 0 ? value : withValue(inner, rest.join("."), value) };
}

/** `args` with every argument at one end of its range. */
function atEnd(args: object, ranges: readonly Range[], end: "least" | "most"): object {
  return ranges.reduce((all, [path, least, most]) => withValue(all, path, end === "least" ? least : most), args);
}

describe("Ranges of arguments", function () {
  this.timeout(120_000);
  const stores: { least?: MessageStore; most?: MessageStore } = {};
  const gateway = {
    auth: { issuer: "https://id.example.com", audience: "game" },
    throttling: { burst: 1, perSecond: 1 },
  };
  const store = { types: { season: { consent: "none" } } };
  const mail = { sender: { address: "hello@game.example" }, recipients: ["*@players.test"] };
  const pipeline = { directory: { tableName: "t", tableArn: "t", keyArn: "k", attributes: {} } };
  const url = (length: number): string => "https://game.example/{player}/".padEnd(length, "x");

  before(() => record([]));
  after(() => pulumi.runtime.disconnect());

  // Only what has to is made: a component packages its functions.
  const components: readonly [
    string,
    readonly Range[],
    () => object,
    (args: never, end?: "least" | "most") => unknown,
  ][] = [
    ["RealtimeGateway", GATEWAY, () => gateway, (args) => settingsOf("g", args)],
    [
      "MessageStore",
      STORE,
      () => store,
      (args, end) => {
        const made = new MessageStore(end ?? "refused", args);
        if (end) stores[end] = made;
      },
    ],
    [
      "EmailDispatcher",
      DISPATCHER,
      () => ({ ...mail, unsubscribeUrl: url(500) }),
      (args, end) =>
        new EmailDispatcher(end ?? "refused", { ...(args as object), messages: stores[end ?? "least"] } as never),
    ],
    [
      "SegmentPipeline",
      PIPELINE,
      () => ({ ...pipeline, messages: stores.least }),
      (args) => {
        checkPipelineArgs("s", args);
      },
    ],
  ];

  it("hold both their ends", () => {
    for (const end of ["least", "most"] as const) {
      for (const [, ranges, base, make] of components) make(atEnd(base(), ranges, end) as never, end);
    }
  });

  for (const [component, ranges, base, make] of components) {
    for (const [path, least, most] of ranges) {
      it(`of ${component} end: ${path} is refused below ${least} and above ${most}`, () => {
        for (const value of [least - 1, most + 1, least + 0.5]) {
          expect(() => make(withValue(atEnd(base(), ranges, "least"), path, value) as never), String(value))
            .to.throw(ArgumentError)
            .that.include({ argument: path });
        }
      });
    }
  }

  it("of an unsubscribe address end at 500 characters", () => {
    expect(() => {
      checkArgs("e", { ...mail, messages: stores.least!, unsubscribeUrl: url(501) });
    })
      .to.throw(ArgumentError)
      .that.include({ argument: "unsubscribeUrl" });
  });

  it("of a component's name end at 40 characters", () => {
    expect(checkedName("m".repeat(40))).to.equal("m".repeat(40));
    expect(() => checkedName("m".repeat(41))).to.throw(ArgumentError);
  });
});
