import { expect } from "chai";
import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { deliver, type GivenUp, type RetryPolicy } from "../../local/services/retried-delivery";

/** Seconds after the first try at which each retry came, and how it was given up. */
async function played(
  policy: RetryPolicy | undefined,
  error: Error,
): Promise<{ readonly retries: readonly number[]; readonly failure: GivenUp | undefined }> {
  const clock = new VirtualClock();
  const since = clock.now();
  const retries: number[] = [];
  let failure: GivenUp | undefined;
  await deliver(clock, {
    policy,
    since,
    attempt: (retry) => {
      if (retry > 0) retries.push((clock.now() - since) / 1_000);
      return Promise.reject(error);
    },
    giveUp: (given) => {
      failure = given;
      return Promise.resolve();
    },
  });
  await clock.advance(7 * 86_400_000);
  return { retries, failure };
}

describe("A delivery that is tried again", () => {
  const throttled = new AwsError("ThrottlingException", "Rate exceeded.", 429);

  it("doubles its pauses up to 8 minutes, and gives up after 185 retries", async () => {
    const { retries, failure } = await played(undefined, throttled);
    const pauses = retries.map((at, i) => at - (retries[i - 1] ?? 0));
    expect(pauses.slice(0, 11)).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 480, 480]);
    expect(new Set(pauses.slice(9))).to.deep.equal(new Set([480]));
    expect(failure).to.include({ retries: 185, exhausted: "MaximumRetryAttempts", message: "Rate exceeded." });
  });

  it("makes as many retries as its policy says", async () => {
    const { retries, failure } = await played({ MaximumRetryAttempts: 3 }, throttled);
    expect(retries).to.deep.equal([1, 3, 7]);
    expect(failure).to.include({ retries: 3, exhausted: "MaximumRetryAttempts" });
    expect((await played({ MaximumRetryAttempts: 0 }, throttled)).retries).to.deep.equal([]);
  });

  it("makes none that would come after its age", async () => {
    // The sixth retry comes 63 seconds after the first try.
    const within = await played({ MaximumEventAgeInSeconds: 63 }, throttled);
    expect(within.retries).to.deep.equal([1, 3, 7, 15, 31, 63]);
    expect(within.failure).to.include({ retries: 6, exhausted: "MaximumEventAgeInSeconds" });
    expect((await played({ MaximumEventAgeInSeconds: 62 }, throttled)).retries).to.deep.equal([1, 3, 7, 15, 31]);
  });

  it("gives up at once what cannot pass, with nothing exhausted", async () => {
    const denied = await played(undefined, new AwsError("AccessDeniedException", "No.", 403));
    expect(denied.retries).to.deep.equal([]);
    expect(denied.failure).to.include({ retries: 0, message: "No." });
    expect(denied.failure).to.not.have.property("exhausted");
  });

  it("tries again whatever is the service's own fault, or is no error of AWS at all", async () => {
    for (const error of [new AwsError("Whatever", "Oh.", 500), new Error("socket hang up")]) {
      expect((await played({ MaximumRetryAttempts: 1 }, error)).retries, error.name).to.deep.equal([1]);
    }
  });
});
