import { expect } from "chai";
import fc from "fast-check";
import { arrivalOf, reasonOf } from "../../../local/cli/redrive/reason";
import { explainAwsFailure } from "../../../local/cli/access/aws-failure";

const letter = (body: unknown, attributes: Readonly<Record<string, string>> = {}, receives = 1) => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  attributes,
  receives,
});

describe("A dead letter says why it lies there:", () => {
  const at = "2026-11-21T15:00:00Z";
  for (const [what, given, reason] of [
    ["a mail that was given up", letter({ reason: "refused", detail: "not today" }), "refused: not today"],
    ["a parked record", letter({ reason: "malformed-item", keys: {} }), "malformed-item"],
    [
      "a batch of a stream",
      letter({
        requestContext: { condition: "RetryAttemptsExhausted" },
        DDBStreamBatchInfo: { batchSize: 3, approximateArrivalOfFirstRecord: at },
      }),
      `RetryAttemptsExhausted: 3 records of a stream, from ${at}`,
    ],
    [
      "an invocation",
      letter({
        requestContext: {
          condition: "RetriesExhausted",
          functionArn: "arn:aws:lambda:us-east-1:1:function:enqueue:$LATEST",
        },
        responsePayload: { errorMessage: "no table" },
      }),
      "RetriesExhausted: enqueue: no table",
    ],
    [
      "a target of a rule",
      letter({}, { ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "denied" }),
      "NO_PERMISSIONS: denied",
    ],
    ["a queue's own, whoever received it", letter({ runId: "x" }, {}, 4), "no reason recorded; received 4 times"],
    ["one that was looked at", letter({ reason: "refused", detail: "not today" }, {}, 4), "refused: not today"],
    ["no JSON", letter("<xml>"), "no reason recorded; received 1 time"],
  ] as const) {
    it(what, () => {
      expect(reasonOf(given)).to.equal(reason);
    });
  }

  it("whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        (body) => reasonOf(letter(body)).length > 0 && arrivalOf(body) === undefined,
      ),
    );
  });
});

describe("An error of AWS becomes a sentence:", () => {
  const failure = (name: string, message: string, status?: number) =>
    Object.assign(new Error(message), {
      name,
      ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    });
  for (const [what, error, sentence] of [
    [
      "too few rights, in other words",
      failure("AccessDenied", "User: x is not authorized to perform: ses:GetAccount", 403),
      "Too few rights: User: x is not authorized to perform: ses:GetAccount. Ask for ses:GetAccount.",
    ],
    [
      "expired credentials",
      failure("ExpiredTokenException", "expired", 400),
      "The AWS credentials have expired (expired): log in again, e.g. `aws sso login`.",
    ],
    ["no Region", failure("Error", "Region is missing"), "No AWS Region is known: give --region or set AWS_REGION."],
    [
      "any other refusal",
      failure("ResourceNotFoundException", "no such table", 400),
      "AWS refused with ResourceNotFoundException: no such table",
    ],
    ["a mistake of ours", new TypeError("x is not a function"), undefined],
  ] as const) {
    it(what, () => {
      expect(explainAwsFailure(error)?.message).to.equal(sentence);
    });
  }
});
