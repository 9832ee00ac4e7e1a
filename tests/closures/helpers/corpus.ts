import { strFromU8, strToU8 } from "fflate";
import Handlebars from "handlebars";
import * as crypto from "node:crypto";
import os from "node:os";
import { basename, join } from "node:path";
import manifest from "../../../package.json";
import { Color, isEven, isOdd, LIMITS, nextId, shapes } from "./library";
import * as library from "./library";
import { reExported } from "./barrel";
import type { Factory } from "./forms";

/** A closure that must answer the same as written, as serialized, and as packaged. */
export interface Case {
  readonly name: string;
  readonly factory: Factory;
  readonly args?: readonly unknown[];
}

const text = 'a `quoted` "text" with ${no} substitution, \u2028, \ud83c\udfae and </script>';
const special = { nan: NaN, minusZero: -0, infinity: Infinity, minus: -Infinity, big: 12345678901234567890n };
const absent = undefined;
const nothing = null;
const yes = true;
const pattern = /^(?<word>\w+)\/[/"']\n?$/giu;
const nested = { list: [1, [2, { three: 3 }]], "odd key": { "": 1 }, 7: "seven", __proto: 1, fn: (n: number) => n + 1 };
const sparse = [1, , 3];
const cyclic: { name: string; self?: unknown; list: unknown[] } = { name: "cycle", list: [] };
cyclic.self = cyclic;
cyclic.list.push(cyclic, { inner: cyclic });
const shared = { n: 1 };
const twice = { a: shared, b: shared };
const frozen = Object.freeze({ deep: { n: 1 }, k: "v" });
const bare = Object.assign(Object.create(null) as Record<string, number>, { a: 1 });
const withSymbol = { *[Symbol.iterator]() { yield* [1, 2, 3]; } }; // prettier-ignore
const counter = { count: 5, read() { return this.count; }, get twice() { return this.count * 2; }, set twice(n: number) { this.count = n / 2; } }; // prettier-ignore
const constantGetter = { get answer() { return 42; } }; // prettier-ignore
const hidden = Object.defineProperty({ seen: 1 }, "unseen", { value: 2, enumerable: false });
const table = "players";
const x = 10;
const y = 3;
const fact = (n: number): number => (n <= 1 ? 1 : n * fact(n - 1));
function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
function ping(n: number): string {
  return n === 0 ? "ping" : pong(n - 1);
}
function pong(n: number): string {
  return n === 0 ? "pong" : ping(n - 1);
}
async function later<T>(value: T): Promise<T> {
  await Promise.resolve();
  return value;
}
function* numbers(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i * x;
}
async function* ticks(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) yield await later(i);
}
const add = (a: number) => (b: number) => a + b + y;
const add5 = add(5);
const makers = [1, 2, 3].map((i) => () => i * x);
const withProperty = Object.assign((n: number) => n * withProperty.factor, { factor: 4 });
function Point(this: { px: number }, px: number): void {
  this.px = px;
}
Point.prototype.double = function (this: { px: number }): number {
  return this.px * 2;
};
const parse = JSON.parse;
const floor = Math.floor;
const bound = function (this: { base: number }, n: number): number {
  return this.base + n;
};
const state = { n: 1, list: [1], inner: { deep: 1 } };
const bump = (): number => ++state.n;
const push = (): number => state.list.push(state.n);
const swap = (): void => void ([state.inner] = [{ deep: 5 }]);
const sealedBy = { limit: 3, of: (n: number): number => n + sealedBy.limit };
const arrow = { run: () => table };

export const corpus: readonly Case[] = [
  { name: "strings with every kind of quote", factory: () => () => [text, `${text}!`, text.length] },
  {
    name: "special numbers",
    factory: () => () => [
      Number.isNaN(special.nan),
      1 / special.minusZero,
      special.infinity,
      special.minus,
      String(special.big),
    ],
  },
  { name: "undefined, null, booleans", factory: () => () => [absent, nothing, yes, typeof absent] },
  { name: "regular expressions", factory: () => () => ["Word/'".replace(pattern, "<$<word>>"), pattern.flags] },
  {
    name: "nested objects and arrays",
    factory: () => () => [nested.list, nested["odd key"], nested[7], nested.fn(1), Object.keys(nested)],
  },
  { name: "sparse arrays", factory: () => () => [sparse.length, 1 in sparse, sparse[2]] },
  {
    name: "cycles",
    factory: () => () => [
      cyclic.self === cyclic,
      cyclic.list[0] === cyclic,
      (cyclic.list[1] as { inner: unknown }).inner === cyclic,
    ],
  },
  {
    name: "identity of shared objects",
    factory: () => () => [twice.a === twice.b, twice.a === shared, ++twice.a.n, shared.n],
  },
  { name: "objects without a prototype", factory: () => () => [Object.getPrototypeOf(bare), bare["a"]] },
  { name: "iterable objects", factory: () => () => [...withSymbol] },
  { name: "methods with this", factory: () => () => [counter.read(), counter.count] },
  { name: "getters and setters", factory: () => () => { counter.twice = 8; return [counter.twice, counter.count, constantGetter.answer]; } }, // prettier-ignore
  {
    name: "properties that are not enumerable",
    factory: () => () => [Object.keys(hidden), (hidden as { unseen?: number }).unseen],
  },
  { name: "enums", factory: () => () => [Color.Red, Color[1], Color.Blue === (2 as Color)] },
  { name: "recursion", factory: () => () => [fact(6), fib(10)] },
  { name: "mutual recursion", factory: () => () => [ping(5), pong(5), isEven(10), isOdd(7)] },
  { name: "async functions", factory: () => async () => [await later(1), await Promise.all([later(x), later(y)])] },
  { name: "generators", factory: () => () => [...numbers(4), Object.prototype.toString.call(numbers(1))] },
  { name: "async generators", factory: () => async () => { const seen = []; for await (const n of ticks(3)) seen.push(n + y); return seen; } }, // prettier-ignore
  { name: "currying", factory: () => () => [add5(1), add(1)(2)] },
  { name: "closures made by a loop", factory: () => () => makers.map((make) => make()) },
  { name: "functions with properties", factory: () => () => [withProperty(3), withProperty.factor] },
  {
    name: "constructor functions",
    factory: () => () => new (Point as unknown as new (n: number) => { double(): number })(4).double(),
  },
  { name: "built-in functions by another name", factory: () => () => [parse('{"a":1}'), floor(2.7)] },
  { name: "call and apply", factory: () => () => [bound.call({ base: 1 }, 2), bound.apply({ base: 3 }, [4])] },
  { name: "arrow functions of an object", factory: () => () => [arrow.run(), arrow].length },
  { name: "modules of Node", factory: () => () => crypto.createHash("sha256").update(table).digest("hex") },
  {
    name: "members of own modules",
    factory: () => () => [LIMITS.max, nextId(3), shapes.square(3), library.LIMITS.max, reExported(2)],
  },
  { name: "a whole own module", factory: () => () => { const { nextId: next } = library; return [next(1), "isEven" in library]; } }, // prettier-ignore
  { name: "default and named imports of modules of Node", factory: () => () => [os.EOL, basename(join("a", table))] },
  { name: "named imports of packages", factory: () => () => strFromU8(strToU8(text)) },
  { name: "default imports of packages", factory: () => () => Handlebars.compile("{{a}}!", {})({ a: x }) },
  {
    name: "members that one function changes and another reads",
    factory: () => () => [bump(), push(), state.n, state.list],
  },
  { name: "members that a pattern assigns to", factory: () => () => { swap(); return state.inner.deep; } }, // prettier-ignore
  { name: "objects that refer to themselves by name", factory: () => () => [sealedBy.of(1), sealedBy.limit] },
  { name: "members taken out by destructuring", factory: () => () => { const { limit, of } = sealedBy; return [limit, of(2)]; } }, // prettier-ignore
  {
    name: "members read by optional chaining and by key",
    factory: () => () => [sealedBy?.limit, sealedBy["limit"], Object.keys(sealedBy)],
  },
  { name: "JSON modules", factory: () => () => manifest.name },
  { name: "shadowing by parameters", factory: () => (x: number) => [x, ((y: number) => x + y)(1), y], args: [1] },
  { name: "shadowing by variables and blocks", factory: () => () => { const r = [x]; { const x = 1; r.push(x); } for (let z = 0; z < 1; z++) r.push(z); r.push(x); return r; } }, // prettier-ignore
  { name: "shadowing by var and functions", factory: () => () => { const before = typeof fact; var x = 2; function fact() { return "inner"; } return [before, x, fact()]; } }, // prettier-ignore
  { name: "shadowing by a catch binding", factory: () => () => { try { throw 7; } catch (x) { return [x, y]; } } }, // prettier-ignore
  { name: "catch without a binding", factory: () => () => { try { throw 7; } catch { return x; } } }, // prettier-ignore
  {
    name: "destructuring with defaults",
    factory:
      () =>
      ({ a = x, b: { c = y } = {}, ...rest }: { a?: number; b?: { c?: number } }) => [a, c, rest],
    args: [{ b: {}, d: 4 }],
  },
  {
    name: "default parameters",
    factory:
      () =>
      (a = x, b = a + y, c = () => a + b) => [a, b, c()],
    args: [],
  },
  { name: "labels and properties named like what is captured", factory: () => () => { const o = { x: 1, y: { table: 2 } }; x: for (;;) { for (;;) break x; } return [o.x, o.y.table, o?.x, x]; } }, // prettier-ignore
  { name: "shorthand properties", factory: () => () => ({ x, y, table, nested: { x } }) },
  { name: "computed keys", factory: () => () => ({ [table]: x, [`${table}${x}`]: y, [x]() { return y; } }) .players }, // prettier-ignore
  { name: "template strings", factory: () => () => [`${table}/${`${x}${y}`}`, String.raw`\n${x}`] },
  { name: "tagged templates", factory: () => () => { const tag = (s: TemplateStringsArray, ...v: unknown[]) => s.raw.join("|") + v.join(","); return tag`a${x}b\n${y}`; } }, // prettier-ignore
  {
    name: "optional chaining and nullish values",
    factory: () => () => [nested?.list?.[0], (nothing as null | { a: 1 })?.a, absent ?? x, nested.fn?.(1)],
  },
  { name: "classes made inside", factory: () => () => { class Box { #n = x; static made = y; constructor(readonly k = table) {} get n() { return this.#n; } } class Err extends Error { code = x; } const e = new Err("m"); return [new Box().n, Box.made, new Box().k, e instanceof Error, e.message, e.code]; } }, // prettier-ignore
  { name: "the arguments object", factory: () => function () { return [arguments.length, arguments[0], x]; }, args: ["a"] }, // prettier-ignore
  {
    name: "numbers where a member follows",
    factory: () => () => [x.toFixed(1), -x, x ** 2, (-y) ** 2, typeof x, !x, void x],
  },
  { name: "a captured function passed on", factory: () => () => [1, 2].map(add5).concat([3].map(withProperty)) },
  { name: "state that a factory makes once", factory: () => { let n = x; return () => [++n, ++n]; } }, // prettier-ignore
  { name: "errors that are thrown", factory: () => () => { throw Object.assign(new TypeError(`no ${table}`), { code: x }); } }, // prettier-ignore
  {
    name: "async iteration and spread",
    factory: () => async () => Math.max(...(await Promise.all([1, 2, x].map(later)))),
  },
  {
    name: "conditional captures",
    factory: () => () => [(x > 1 ? fact : fib)(5), (x && y) || table],
  },
  {
    name: "the same text twice with other captures",
    factory: () => () => [makers[0]?.(), makers[2]?.(), makers[0] === makers[1]],
  },
  { name: "delete, in, instanceof on inner values", factory: () => () => { const copy: Record<string, unknown> = { ...nested }; delete copy["list"]; return ["list" in copy, copy instanceof Object]; } }, // prettier-ignore
];

/** Closures that only packaging keeps right: Pulumi's own text does not. */
export const better: readonly (Case & { readonly expected: unknown })[] = [
  {
    name: "frozen objects",
    factory: () => () => [Object.isFrozen(frozen), frozen.deep.n, Reflect.set(frozen, "k", "w"), frozen.k],
    expected: [true, 1, false, "v"],
  },
];
