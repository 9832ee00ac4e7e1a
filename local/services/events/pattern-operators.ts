import { BlockList, isIP } from "node:net";
import { PatternError } from "./pattern-reader";

/** What a value that exists is held against. */
export type LeafTest = (leaf: unknown) => boolean;

export function onText(test: (leaf: string) => boolean): LeafTest {
  return (leaf) => typeof leaf === "string" && test(leaf);
}

const CASELESS = {
  "equals-ignore-case": (leaf: string, text: string) => leaf === text,
  prefix: (leaf: string, text: string) => leaf.startsWith(text),
  suffix: (leaf: string, text: string) => leaf.endsWith(text),
};

/** A comparison of texts without regard to case. */
export function caseless(kind: keyof typeof CASELESS, text: string): (leaf: string) => boolean {
  const lower = text.toLowerCase();
  return (leaf) => CASELESS[kind](leaf.toLowerCase(), lower);
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Numbers up to 5e9 either way can be compared (EventBridge user guide, "Numeric matching"). */
const BOUND = 5e9;

/** @throws PatternError */
export function comparable(text: string): number {
  const value = Number(text);
  if (Math.abs(value) > BOUND) throw new PatternError("Value must be between -5.0E9 and 5.0E9, inclusive");
  return value;
}

export function compare(operator: string, bound: number): LeafTest {
  return (leaf) => typeof leaf === "number" && COMPARE[operator]!(leaf, bound);
}

/** @throws PatternError */
export function between(lower: string, bottom: number, upper: string, top: number): LeafTest {
  if (bottom >= top) throw new PatternError("Bottom must be less than top");
  const [above, below] = [compare(lower, bottom), compare(upper, top)];
  return (leaf) => above(leaf) && below(leaf);
}

/** @throws PatternError */
export function cidr(block: string): LeafTest {
  const [address = "", bits, ...rest] = block.split("/");
  if (!bits || rest.length > 0) throw new PatternError("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,9}$/.test(bits)) throw new PatternError("Malformed CIDR, mask bits must be an integer");
  if (Number(bits) < 0) throw new PatternError("Malformed CIDR, mask bits must not be negative");
  if (!/^[\d.]+$/.test(address) && !/^(?=.*:)[\da-fA-F:]+$/.test(address))
    throw new PatternError(`Nonstandard IP address: ${address}`);
  const version = isIP(address);
  if (version === 0) throw new PatternError(`Invalid IP address: ${address}`);
  if (Number(bits) >= (version === 4 ? 32 : 128))
    throw new PatternError(version === 4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128");
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return onText((leaf) => isIP(leaf) === version && list.check(leaf, family));
}
