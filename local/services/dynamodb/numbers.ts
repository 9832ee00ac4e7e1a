import { validation } from "./errors";
import { limits } from "./limits";

/** A decimal number: `d.ddd * 10^exponent`, digits without zeros at either end, none for zero. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const small = /^-?[1-9]\d{0,14}$/;
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Number as DynamoDB shows it (`01.50` is `1.5`, `1e3` is `1000`), checked for digits and range. */
export function canonicalNumber(text: string): string {
  if (small.test(text) || text === "0") return text;
  const value = parse(text);
  if (!value) {
    throw validation(
      text === ""
        ? "The parameter cannot be converted to a numeric value"
        : `The parameter cannot be converted to a numeric value: ${text}`,
    );
  }
  return format(checked(value));
}

/** Sum or difference of two canonical numbers, exact. */
export function addNumbers(a: string, b: string, subtract = false): string {
  if ((small.test(a) || a === "0") && (small.test(b) || b === "0")) {
    return String(subtract ? Number(a) - Number(b) : Number(a) + Number(b));
  }
  const x = parse(a)!;
  const y = parse(b)!;
  const scale = Math.min(lastPlace(x), lastPlace(y));
  const sum = scaled(x, scale) + (subtract ? -scaled(y, scale) : scaled(y, scale));
  const digits = String(sum < 0n ? -sum : sum);
  const trimmed = digits.replace(/0+$/, "");
  return format(checked({ negative: sum < 0n, digits: trimmed, exponent: scale + digits.length - 1 }));
}

export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if ((small.test(a) || a === "0") && (small.test(b) || b === "0")) return Number(a) - Number(b);
  return sortableNumber(a) < sortableNumber(b) ? -1 : 1;
}

/** Text whose order is the number's: sign, exponent in two hex digits, mantissa; all but the sign inverted below zero. */
export function sortableNumber(canonical: string): string {
  const value = parse(canonical)!;
  if (!value.digits) return "1";
  const exponent = value.exponent + 130;
  if (!value.negative) return "2" + hex(exponent) + value.digits;
  let inverted = "";
  for (const digit of value.digits) inverted += String(9 - Number(digit));
  // The tail makes the shorter of two mantissas with a common start the greater one.
  return "0" + hex(255 - exponent) + inverted + "~";
}

/** Significant digits and whether they fill bytes of two from the left, which decide a number's stored size. */
export function numberBytes(canonical: string): number {
  const value = parse(canonical)!;
  const count = value.digits.length;
  if (count === 0) return 1;
  const splitPair = count % 2 === 0 && value.exponent % 2 === 0 ? 1 : 0;
  return 1 + Math.ceil(count / 2) + splitPair + (value.negative ? 1 : 0);
}

function parse(text: string): Decimal | undefined {
  const match = decimal.exec(text);
  if (!match) return undefined;
  const whole = match[2] ?? "";
  const fraction = match[3] ?? "";
  if (whole === "" && fraction === "") return undefined;
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first < 0) return { negative: false, digits: "", exponent: 0 };
  const exponent = whole.length - 1 - first + Number(match[4] ?? 0);
  return { negative: match[1] === "-", digits: all.slice(first).replace(/0+$/, ""), exponent };
}

function checked(value: Decimal): Decimal {
  if (!value.digits) return value;
  if (value.exponent > 125) {
    throw validation("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (value.exponent < -130) {
    throw validation("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (value.digits.length > limits.numberDigits) {
    throw validation("Attempting to store more than 38 significant digits in a Number");
  }
  return value;
}

function format({ negative, digits, exponent }: Decimal): string {
  if (!digits) return "0";
  const sign = negative ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (exponent >= digits.length - 1) return sign + digits + "0".repeat(exponent - digits.length + 1);
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function lastPlace(value: Decimal): number {
  return value.exponent - value.digits.length + 1;
}

function scaled(value: Decimal, scale: number): bigint {
  if (!value.digits) return 0n;
  const magnitude = BigInt(value.digits) * 10n ** BigInt(lastPlace(value) - scale);
  return value.negative ? -magnitude : magnitude;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
