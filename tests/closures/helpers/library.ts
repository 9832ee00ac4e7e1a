/** Plain functions and data of a module of our own, which closures capture. */
export enum Color {
  Red,
  Green,
  Blue,
}
export const LIMITS = { max: 25, names: ["a", "b"] };
const STEP = 2;
export function nextId(n: number): number {
  return n + STEP * LIMITS.max;
}
export function isEven(n: number): boolean {
  return n === 0 || isOdd(n - 1);
}
export function isOdd(n: number): boolean {
  return n !== 0 && isEven(n - 1);
}
export const shapes = {
  square: (n: number): number => n * n,
};
