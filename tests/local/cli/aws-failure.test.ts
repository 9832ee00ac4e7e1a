import { expect } from "chai";
import { explainAwsFailure, explainDenial, isDenied } from "../../../local/cli/access/aws-failure";

/** An error as the SDK throws it. */
const failure = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, ...more });

describe("What AWS refuses, in one sentence", () => {
  const arn = "arn:aws:sqs:eu-west-1:123456789012:q";
  for (const [what, error, sentence] of [
    [
      "a missing right, with what to ask for",
      failure(
        "AccessDenied",
        `User: ada is not authorized to perform: sqs:SendMessage on resource: ${arn} because no.`,
      ),
      `Too few rights: User: ada is not authorized to perform: sqs:SendMessage on resource: ${arn} because no. Ask for sqs:SendMessage on ${arn}.`,
    ],
    [
      "a missing right without a resource",
      failure("AccessDeniedException", "User: ada is not authorized to perform: ses:GetAccount"),
      "Too few rights: User: ada is not authorized to perform: ses:GetAccount. Ask for ses:GetAccount.",
    ],
    [
      "Athena's words for a bucket that it may not see",
      failure("InvalidRequestException", "Unable to verify/create output bucket results-1"),
      "Too few rights: Unable to verify/create output bucket results-1. Ask for s3:GetBucketLocation on arn:aws:s3:::results-1.",
    ],
    [
      "a session that has expired",
      failure("ExpiredTokenException", "The security token included in the request is expired"),
      "The AWS credentials have expired (The security token included in the request is expired): log in again, e.g. `aws sso login`.",
    ],
    [
      "a session that S3 says has expired",
      failure("ExpiredToken", "The provided token has expired."),
      "The AWS credentials have expired (The provided token has expired.): log in again, e.g. `aws sso login`.",
    ],
    [
      "a log-in of a profile that has expired",
      failure("CredentialsProviderError", "The SSO session associated with this profile has expired."),
      'The AWS profile "prod" gives no credentials (The SSO session associated with this profile has expired.): check ~/.aws/config, or log in with `aws sso login --profile prod`.',
    ],
    [
      "unknown credentials",
      failure("UnrecognizedClientException", "The security token included in the request is invalid."),
      "AWS does not know these credentials: The security token included in the request is invalid. Check AWS_ACCESS_KEY_ID or --profile.",
    ],
    [
      "a missing Region",
      failure("Error", "Region is missing"),
      "No AWS Region is known: give --region or set AWS_REGION.",
    ],
    [
      "a machine without a network",
      failure("Error", "getaddrinfo ENOTFOUND sqs.eu-west-1.amazonaws.com", { code: "ENOTFOUND" }),
      "AWS could not be reached (getaddrinfo ENOTFOUND sqs.eu-west-1.amazonaws.com): check network and endpoint.",
    ],
    ["anything else", failure("LimitExceeded", "Too many."), "AWS refused with LimitExceeded: Too many."],
  ] as const) {
    it(`is ${what}`, () => {
      expect(explainAwsFailure(error, "prod")?.message).to.equal(sentence);
    });
  }

  it("is nothing where the SDK has no part in it", () => {
    expect(explainAwsFailure(new TypeError("x is not a function"))).to.equal(undefined);
    expect(explainAwsFailure("text")).to.equal(undefined);
    expect([isDenied(failure("AccessDenied", "")), isDenied(new Error("")), isDenied(undefined)]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it("is found in the reason of a query that failed, and in no other", () => {
    const reason =
      "Insufficient permissions: User: ada is not authorized to perform: glue:GetTable on resource: arn:aws:glue:x because no.";
    expect(explainDenial(reason)?.message).to.match(/^Too few rights: .* Ask for glue:GetTable on arn:aws:glue:x\.$/);
    // Athena's error of a name that is not there speaks of rights as well.
    expect(
      explainDenial("COLUMN_NOT_FOUND: Column 'x' cannot be resolved or requester is not authorized to access it"),
    ).to.equal(undefined);
  });
});
